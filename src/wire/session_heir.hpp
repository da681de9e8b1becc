// SPDX-License-Identifier: BSL-1.0
// Who is told what becomes of a session, and gets what it could not send: a multiplexer, of which it is a lane.
#pragma once

#include <pgcoro/detail/request.hpp>

namespace pgcoro::wire {

/// Told on the session's executor, from inside of the session: it may submit and cancel there, but not destroy it.
class session_heir {
public:
    /// The session is over, and nothing was sent of this request.
    virtual void inherit(detail::request& r) noexcept = 0;
    /// Answers were read, or the socket takes bytes again: the session may take more.
    virtual void on_progress() noexcept = 0;
    /// The session is over and has no heir any more. What it had not sent was inherited before.
    virtual void on_end(const error& why) noexcept = 0;
    /// The same, because the execution context is being destroyed: no handler will ever run again.
    virtual void on_forsaken() noexcept = 0;

protected:
    session_heir() = default;
    ~session_heir() = default;
};

} // namespace pgcoro::wire
