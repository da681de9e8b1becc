// SPDX-License-Identifier: BSL-1.0
// Texts in MariaDB's SQL: names and literals, both ways.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrate::mariadb {

/// A name in backticks.
std::string quote_name(std::string_view name);
/// A literal in single quotes. The session must not have NO_BACKSLASH_ESCAPES.
std::string quote_text(std::string_view text);

/// Reads the literal at the beginning of `sql`, and removes it: 'it''s', 'a\nb'. Nothing if there is none, or no end of it.
std::optional<std::string> take_literal(std::string_view& sql);
/// The same for a name in backticks.
std::optional<std::string> take_name(std::string_view& sql);

} // namespace migrate::mariadb
