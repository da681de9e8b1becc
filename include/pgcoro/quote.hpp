// SPDX-License-Identifier: BSL-1.0
// Quotes names and values for use in SQL text, for the rare statement that cannot take them as parameters.
#pragma once

#include <pgcoro/result.hpp>

#include <string>
#include <string_view>

namespace pgcoro {

/// Quotes a name (of a table, a column, ...) as an identifier, always in double quotes: `my table` gives `"my table"`.
///
/// Needs no connection: connections of this library always use UTF-8. Quote the parts of a qualified name one by one.
/// Errors: `errc::invalid_text` if the name is empty, is not UTF-8 or contains a NUL character. The server truncates names to
/// 63 bytes.
result<std::string> quote_identifier(std::string_view name);

/// Quotes a value as a string literal: `it's` gives `'it''s'`. Safe with any setting of `standard_conforming_strings`: a value
/// with a backslash becomes an escape string, `E'C:\\'`.
///
/// Errors: `errc::invalid_text` if the value is not UTF-8 or contains a NUL character.
result<std::string> quote_literal(std::string_view value);

} // namespace pgcoro
