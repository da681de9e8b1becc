// SPDX-License-Identifier: BSL-1.0
// What becomes of a value of SQLite, which may be of any type in any column. No I/O.
#pragma once

#include "database.hpp"
#include "row_encoder.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace migrate::sqlite {

/// How values become those of one type of PostgreSQL. Nothing is rounded, cut or guessed: a value that the type cannot have as
/// it is, is a bad value.
class value_rule {
public:
    /// Of a type with or without modifiers: "numeric(8,2)".
    static value_rule for_type(std::string_view type);

    /// Whether the rule knows the type, so that checksums can be compared.
    bool is_exact() const noexcept { return kind_ != kind::other; }
    /// For people: "0 and 1 become false and true". Empty if there is nothing to say.
    std::string description() const;

    /// Appends the value. Otherwise nothing is appended, and the text says why: "the text "abc" is not an integer".
    std::string append(const loose_value& v, row_encoder& out) const;

private:
    enum class kind {
        integer,
        boolean,
        floating,
        single,
        numeric,
        text,
        padded,
        bytes,
        date,
        timestamp,
        timestamptz,
        time,
        uuid,
        json,
        other
    };

    value_rule(kind k) : kind_(k) {}

    std::string append_integer(const loose_value& v, row_encoder& out) const;
    std::string append_boolean(const loose_value& v, row_encoder& out) const;
    std::string append_floating(const loose_value& v, row_encoder& out) const;
    std::string append_numeric(const loose_value& v, row_encoder& out) const;
    std::string append_text(const loose_value& v, row_encoder& out) const;
    std::string append_bytes(const loose_value& v, row_encoder& out) const;
    std::string append_moment(const loose_value& v, row_encoder& out) const;
    std::string append_uuid(const loose_value& v, row_encoder& out) const;
    std::string append_json(const loose_value& v, row_encoder& out) const;

    kind kind_;
    std::int64_t least_ = 0; // of integers
    std::int64_t most_ = 0;
    int length_ = -1; // of varchar and char; the precision of numeric
    int scale_ = -1;
};

} // namespace migrate::sqlite
