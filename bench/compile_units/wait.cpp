// SPDX-License-Identifier: BSL-1.0
// What bench/compile_time compares with: the same headers, and a coroutine that awaits one operation of Asio's own.
#include "headers.cpp"

boost::asio::awaitable<void> pause(boost::asio::steady_timer& timer) {
    co_await timer.async_wait(boost::asio::deferred);
}
