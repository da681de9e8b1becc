// SPDX-License-Identifier: BSL-1.0
// One direction of a proxied connection.
#pragma once

#include "fault_proxy_line.hpp"

#include <pgcoro/testing/fault_script.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace pgcoro::testing {

/// Reading and writing are coroutines of their own, with a queue between them: what is delayed holds up nothing behind it.
class fault_pipe {
public:
    using socket = fault_line::socket;

    fault_pipe(fault_line& line, socket& from, socket& to, const toxics& what);

    /// Called with the size of each piece, before it is written.
    std::function<void(std::size_t)> on_passed;
    /// Called when `limit_data` bytes are written.
    std::function<void()> on_limit;

    /// Until the sender has ended, or the connection is over.
    boost::asio::awaitable<void> read();
    /// Until everything is written and the receiver has been told of the end, or the connection is over.
    boost::asio::awaitable<void> write();

    /// Ends pauses.
    void wake() { pause_.cancel(); }

private:
    using clock = boost::asio::steady_timer::clock_type;
    struct chunk {
        std::string bytes;
        clock::time_point came;
    };

    boost::asio::awaitable<void> pause_until(clock::time_point when);
    boost::asio::awaitable<void> until_due();
    boost::asio::awaitable<void> pass(std::string bytes);
    boost::asio::awaitable<void> write_piece(std::string_view piece);
    std::size_t piece_size(std::size_t available) const noexcept;
    clock::duration pause_after(std::size_t size) const noexcept;
    std::string take();

    fault_line& line_;
    socket& from_;
    socket& to_;
    toxics toxics_;
    boost::asio::steady_timer pause_;
    std::deque<chunk> held_;
    std::size_t held_size_ = 0;
    clock::time_point last_came_;
    std::uint64_t passed_ = 0;
    bool ended_ = false;
    bool limit_spent_ = false;
    bool nobody_listens_ = false;
};

} // namespace pgcoro::testing
