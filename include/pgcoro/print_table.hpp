// SPDX-License-Identifier: BSL-1.0
// Prints a rowset as a table, for terminals and logs.
#pragma once

#include <pgcoro/rowset.hpp>

#include <iosfwd>

namespace pgcoro {

/// Prints a table as psql does:
///
///      id | name
///     ----+------
///       1 | Ada
///      12 |
///     (2 rows)
///
/// Values are printed as by `to_text` (<pgcoro/to_text.hpp>), numbers aligned right; NULL is left empty. Control characters are
/// escaped as "\n" or "\x1b", so that a value takes one line and cannot control a terminal. A value that cannot be read is
/// printed as the reason in angle brackets. A code point counts as one column wide, which is wrong for some scripts. Values are
/// not redacted: do not print secrets.
std::ostream& operator<<(std::ostream& out, const rowset& rows);

} // namespace pgcoro
