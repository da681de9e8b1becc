// SPDX-License-Identifier: BSL-1.0
// What becomes of the tables of a source: names, types and conversions at the target.
#pragma once

#include "schema.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate {

/// The text of a value that checksums are made of. Both sides compute it, so it must be the same on both.
enum class canonical_form {
    /// What the target gives for value::text, with DateStyle ISO, IntervalStyle postgres, bytea_output hex and TimeZone UTC:
    /// "2026-11-29 08:00:00.5", "\x00ff", "t". Numbers of numeric(p,s) have all s digits.
    text,
    /// Of real and double precision: the bytes of the number in hexadecimal digits, most significant first.
    float_bits,
    /// Cannot be the same, such as of jsonb made from text. Only the count of values that are not null is compared.
    none,
};

/// How values of a type are found that a cast to another type rounds or cuts.
struct way_back {
    /// The type in which old and new values are compared. Empty: the new type takes values as they are, or refuses them.
    std::string type;
    /// Values of `type` are compared by their text, because it has no equality, or one that is too generous.
    bool is_by_text = false;
    /// Nobody knows: the cast may change values without a word.
    bool is_unknown = false;
};

/// What becomes of a column's values.
struct column_mapping {
    std::string type; // of PostgreSQL: "bigint", "numeric(8,2)", "\"shop\".\"mood\""
    /// What the source does to the values, in its own words, to be printed and to be understood by itself: "", "zero dates
    /// become null", "bit string". Empty: nothing.
    std::string conversion;
    canonical_form canonical = canonical_form::text;
    /// Exact numbers, whose sum is compared too.
    bool is_number = false;
    /// NULL may come where the source says NOT NULL (zero dates). The target's column is then not NOT NULL.
    bool may_become_null = false;
    /// As SQL has it: `"C"`. Empty: the default of the target's database.
    std::string collation;
    /// A condition for a check, with the quoted name of the column. Empty: none.
    std::string check;
    /// Of PostgreSQL, if the user wants another type.
    way_back compared_as;
    /// What a user must know: precision that is lost, a collation that is not there.
    std::vector<std::string> notes;
};

struct column_plan {
    const column* from = nullptr; // of the schema, which outlives the plan
    column_mapping mapping;
    bool is_overridden = false;
    /// Generated at the target: not copied, but compared.
    bool is_generated = false;
    /// The target's column gets the default of the source's.
    bool has_default = true;

    /// In PostgreSQL's SQL; empty if it has none.
    std::string default_text() const;
};

struct table_plan {
    const table* from = nullptr;
    object_name target;
    std::vector<column_plan> columns;
    /// Rows that a batch of checksums keeps whole, for comparison.
    std::uint32_t sample_rows = 100;
    /// Whether a reader that can compute checksums on the way does so.
    bool wants_sums = true;

    /// Null if there is none of that name.
    const column_plan* find_column(const std::string& name) const;
    column_plan* find_column(const std::string& name);
};

} // namespace migrate
