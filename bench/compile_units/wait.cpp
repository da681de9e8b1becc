// SPDX-License-Identifier: BSL-1.0
// What bench/compile_time compares with: the headers of Boost.Asio, and a coroutine that awaits one operation of Asio's own.
#include "asio_headers.hpp"

boost::asio::awaitable<void> pause(boost::asio::steady_timer& timer) { co_await timer.async_wait(boost::asio::deferred); }
