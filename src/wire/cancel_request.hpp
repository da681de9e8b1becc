// SPDX-License-Identifier: BSL-1.0
// A request to the server, over a connection of its own, to stop what a session runs (manual, "Canceling Requests in
// Progress").
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <string_view>

namespace pgcoro::wire {

/// One that is under way. It ends without a word when it is destroyed; what was sent stays sent.
///
/// With libpq 17.6 and newer everything is nonblocking and as encrypted as the session itself. Older ones can only block, in
/// clear text: there one thread of the process does it for all sessions.
class cancel_request {
public:
    /// Whether the server has confirmed it, by closing the connection: it had sent the signal before. If not, libpq's
    /// complaint, on one line. Called once, on the executor, never inside `start`.
    using handler = std::function<void(bool confirmed, std::string_view complaint)>;

    /// Null if it cannot even begin.
    static std::shared_ptr<cancel_request> start(const boost::asio::any_io_executor& executor, PGconn* session, handler done);

    cancel_request(const cancel_request&) = delete;
    cancel_request& operator=(const cancel_request&) = delete;
    virtual ~cancel_request() = default;

protected:
    cancel_request() = default;
};

/// The first line of what libpq complains about.
inline std::string_view first_line(const char* complaint) noexcept {
    const std::string_view all(complaint);
    return all.substr(0, all.find('\n'));
}

/// For libpq before 17.6.
std::shared_ptr<cancel_request> start_blocking_cancel(const boost::asio::any_io_executor& executor, PGconn* session,
                                                      cancel_request::handler done);

} // namespace pgcoro::wire
