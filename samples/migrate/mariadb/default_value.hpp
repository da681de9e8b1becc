// SPDX-License-Identifier: BSL-1.0
// Defaults of columns, from the catalog's text into PostgreSQL's SQL.
#pragma once

#include "schema.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace migrate::mariadb {

/// How the catalog writes a default.
enum class default_style {
    sql, // MariaDB: 'text' in quotes, expressions without; NULL is a word
    raw, // MySQL: the text itself, or an expression if EXTRA has DEFAULT_GENERATED
};

/// `type` is what the column gets at the target. `extra` is information_schema's EXTRA.
///
/// Nothing if the default is NULL. `postgres` of the result is empty if the default cannot be translated: an expression that is
/// not known, a value that the target's type does not have, such as a zero date, or bytes that the catalog has garbled.
std::optional<expression> translate_default(std::string_view text, default_style style, std::string_view extra,
                                            const column_type& from, const std::string& type);

} // namespace migrate::mariadb
