// SPDX-License-Identifier: BSL-1.0
// tsquery, the queries of full text search.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pgcoro {

/// Lexemes joined by operators. A value to read, print, compare and send again. The server makes it, with `to_tsquery($1)` and
/// similar functions.
class tsquery {
public:
    /// The empty query, which matches nothing. Every server sends empty queries, but some releases (15.18 and 17.11, for
    /// example) refuse to receive one.
    tsquery() noexcept = default;

    bool empty() const noexcept { return items_.empty(); }

    friend bool operator==(const tsquery&, const tsquery&) = default;

private:
    friend struct pg_type<tsquery>;
    friend std::string to_string(const tsquery& value);

    enum class kind : std::uint8_t { lexeme, negation = 1, conjunction = 2, disjunction = 3, phrase = 4 };

    struct item {
        kind what = kind::lexeme;
        bool is_prefix = false;     // of a lexeme: it matches all that start with it
        std::uint8_t weights = 0;   // of a lexeme: limits it to these weights, unless 0; from bit 3, A, to bit 0, D
        std::uint16_t distance = 0; // of a phrase
        std::string text;
        friend bool operator==(const item&, const item&) = default;
    };

    // Each operator precedes its operands, the right one first.
    std::vector<item> items_;
};

/// As the server prints it: "'fat' & ( 'cat':* | !'rat':A )".
std::string to_string(const tsquery& value);

template <>
struct pg_type<tsquery> {
    static constexpr std::string_view name = "pgcoro::tsquery";
    static constexpr oid_number oid = oids::tsquery;
    static constexpr oid_number array_oid = oids::tsquery_array;

    static void encode(const tsquery& value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }
    static errc decode(oid_number, value_bytes bytes, tsquery& out);
};

} // namespace pgcoro
