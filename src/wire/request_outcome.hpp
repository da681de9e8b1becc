// SPDX-License-Identifier: BSL-1.0
// What the end of a request means for what it was to do.
#pragma once

#include <pgcoro/detail/request.hpp>

namespace pgcoro::wire {

/// Whether one of its first `statements` may have committed.
bool may_have_committed(const detail::request& r, std::size_t statements) noexcept;

/// `why` of a request whose answer nobody will hear: in doubt if it may have effects that outlive it.
/// In a transaction only a COMMIT has.
error unanswered(const detail::request& r, error why) noexcept;

/// `why` of a request of which nothing was sent. What had run of its transaction is undone when the session ends.
error unsent(const detail::request& r, error why) noexcept;

} // namespace pgcoro::wire
