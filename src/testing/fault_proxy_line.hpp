// SPDX-License-Identifier: BSL-1.0
// What the two directions of a proxied connection share.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pgcoro::testing {

/// The two sockets, and what holds for both directions. On the proxy's thread only.
struct fault_line {
    using socket = boost::asio::generic::stream_protocol::socket;

    explicit fault_line(socket accepted)
        : client(std::move(accepted)),
          server(client.get_executor()),
          changed(client.get_executor(), boost::asio::steady_timer::time_point::max()) {}

    /// Waits until `condition` is true; it is asked again after each `notify()`.
    template <class Condition>
    boost::asio::awaitable<void> until(Condition condition) {
        boost::system::error_code notified;
        while (!condition()) {
            co_await changed.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, notified));
        }
    }
    void notify() { changed.cancel(); }

    socket client;
    socket server;
    boost::asio::steady_timer changed;
    bool frozen = false;   ///< nothing is read or written
    bool dropping = false; ///< what is read goes nowhere
    bool over = false;     ///< the sockets are closed
};

} // namespace pgcoro::testing
