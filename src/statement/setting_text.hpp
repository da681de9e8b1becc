// SPDX-License-Identifier: BSL-1.0
// What the text of a statement says of settings that decide what statements mean: the search_path and the role their names, the
// time zone, date style and others their literals, a few their operators.
//
// All of this may be wrong about text in quotes and comments, on the side of a setting that is none: then types are asked for
// once more, and statements are prepared anew.
#pragma once

#include <string_view>

namespace pgcoro::wire {

/// SET, RESET or DISCARD of such a setting.
bool sets_meaning(std::string_view sql) noexcept;
/// It calls set_config for such a setting, or for one that only its parameters tell. No command tag says so.
bool may_set_meaning(std::string_view sql) noexcept;
/// What one of these sets outlasts its transaction.
bool sets_for_session(std::string_view sql) noexcept;

enum class restored { none, one, all };
/// Whether what is set is what it was at the start of the session.
restored restored_by(std::string_view sql) noexcept;

} // namespace pgcoro::wire
