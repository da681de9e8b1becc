// SPDX-License-Identifier: BSL-1.0
// Whether a value of PostgreSQL is still the same after a cast to another type. No I/O.
#pragma once

#include "plan.hpp"

#include <pgcoro/result.hpp>

#include <string>

namespace migrate {

/// `from` is a column's of PostgreSQL, `to` as `format_type` has it. Errors: `failure::cannot_map` if a part of every value
/// would be lost.
pgcoro::result<way_back> find_way_back(const column_type& from, const std::string& to);

/// A condition that is true for values of the source that the new type has changed.
std::string is_changed(const column_plan& c);

/// The text of a value as COPY sends it, as an expression. A cast to text gives another one for boolean, inet and char(n).
std::string sent_text(const std::string& quoted_name);

} // namespace migrate
