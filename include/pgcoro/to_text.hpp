// SPDX-License-Identifier: BSL-1.0
// `to_text(field)`: a value of any type as text, for people and for logs.
#pragma once

#include <pgcoro/result.hpp>
#include <pgcoro/rowset.hpp>

#include <string>

namespace pgcoro {

/// A field's value as the server prints it: "t", "1.5", "2024-05-01 12:00:00+00", "{1,NULL,3}", "\x00ff".
///
/// Values come in binary, so the text is made here, with DateStyle ISO, IntervalStyle postgres and TimeZone UTC, whatever the
/// session has. What regclass and its like stand for, the session has asked the server after the rows came, in one more round
/// trip; where that failed they are numbers. Some things only the server knows: money and most types of extensions that have a
/// binary format are shown as "<money 000000000000007b>", their name and their bytes. What has none came as the server's own
/// text (docs/rows.md). A float may end in another last digit than the server's where both are read back as the same number.
///
/// Errors: `errc::no_such_column`, `errc::no_rows`, `errc::unexpected_null` (ask `is_null()` first), `errc::malformed_value`,
/// `errc::value_out_of_range` (arrays and composites in each other, more than 16 levels), `errc::value_too_large` (these make
/// more than 1 GiB - 1 of text, which the server could not print either).
result<std::string> to_text(const field_view& field);

} // namespace pgcoro
