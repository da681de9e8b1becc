// SPDX-License-Identifier: BSL-1.0
// `to_text(field)`: a value of any type as text, for people and logs.
#pragma once

#include <pgcoro/result.hpp>
#include <pgcoro/rowset.hpp>

#include <string>

namespace pgcoro {

/// A field's value as the server prints it: "t", "1.5", "2024-05-01 12:00:00+00", "{1,NULL,3}", "\x00ff".
///
/// Values arrive in binary, so the text is made here, with DateStyle ISO, IntervalStyle postgres and TimeZone UTC, whatever the
/// session's settings. Names for regclass and similar types are looked up after the rows arrive, in one more round trip; if
/// that fails, they are numbers. Some formats only the server knows: money and most extension types with a binary format are
/// printed as "<money 000000000000007b>", name and bytes. A type without one arrives as the server's own text (docs/rows.md). A
/// float may differ from the server's in its last digit if both read back as the same number.
///
/// Errors: `errc::no_such_column`, `errc::no_rows`, `errc::unexpected_null` (check `is_null()` first), `errc::malformed_value`,
/// `errc::value_out_of_range` (arrays and composites nested more than 16 levels deep), `errc::value_too_large` (more than
/// 1 GiB - 1 of text, which the server could not print either).
result<std::string> to_text(const field_view& field);

} // namespace pgcoro
