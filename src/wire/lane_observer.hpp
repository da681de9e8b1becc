// SPDX-License-Identifier: BSL-1.0
// What a multiplexer hears from the session of one of its lanes.
#pragma once

#include <pgcoro/detail/request.hpp>

namespace pgcoro::wire {

/// Told on the session's executor, from inside of the session: it may submit and cancel there, but not destroy it.
class lane_observer {
public:
    /// The session cannot send this request; nothing of it was sent.
    virtual void on_unsent(detail::request& r) noexcept = 0;
    /// Answers were read, or the socket takes bytes again: the session may take more.
    virtual void on_progress() noexcept = 0;
    /// The session is over and has no observer any more. `on_unsent` was called before for each request that it had not sent.
    virtual void on_end(const error& why) noexcept = 0;
    /// The same, because the execution context is being destroyed: no handler will ever run again.
    virtual void on_dropped() noexcept = 0;

protected:
    lane_observer() = default;
    ~lane_observer() = default;
};

} // namespace pgcoro::wire
