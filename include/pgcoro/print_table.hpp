// SPDX-License-Identifier: BSL-1.0
// A rowset as a table, for terminals and logs.
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
/// Values are as of `to_text` (<pgcoro/to_text.hpp>), numbers at the right; NULL is left empty. Control characters are shown as
/// "\n" or "\x1b", so that a value takes one line and gives a terminal no orders. A value that cannot be read is shown as the
/// reason in angle brackets. A code point counts as one place wide, which is wrong for some scripts. Values are not hidden:
/// what is secret, do not print.
std::ostream& operator<<(std::ostream& out, const rowset& rows);

} // namespace pgcoro
