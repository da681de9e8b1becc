// SPDX-License-Identifier: BSL-1.0
// Expressions of checks and generated columns, from MariaDB's SQL into PostgreSQL's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace migrate::mariadb {

/// What kind of value an expression has at the target.
enum class value_kind {
    boolean,
    number,   // integer and numeric
    floating, // real and double precision
    text,
    moment, // dates and timestamps
    other,
};

struct operand {
    value_kind kind = value_kind::other;
    /// Its collation ignores case, so comparisons are of lower-case text.
    bool ignores_case = false;
};

/// Of a column by its name; nothing if there is no such column.
using operand_lookup = std::function<std::optional<operand>(const std::string&)>;

enum class expression_use {
    condition,
    /// Its values must be the same for all rows: no comparison of texts, for which spaces at the end do not count in MariaDB,
    /// and no function that depends on the encoding or the rules of a language.
    generated,
};

/// Comparisons, BETWEEN, IN, IS NULL, AND, OR, NOT, the sums and products of numbers, and a few functions on text. Whatever
/// could mean something else in PostgreSQL is not translated: division, LIKE, arithmetic on text, functions that are not
/// listed. Nothing if it cannot be translated to a value of that kind.
std::optional<std::string> translate_expression(std::string_view sql, value_kind wanted, const operand_lookup& look_up,
                                                expression_use use = expression_use::condition);

} // namespace migrate::mariadb
