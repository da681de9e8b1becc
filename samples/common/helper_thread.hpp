// SPDX-License-Identifier: BSL-1.0
// A thread for a library whose calls block: they run there one after the other, and never on the loop.
#pragma once

#include <pgcoro/result.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>

namespace common {

/// Destroying it waits for the call that is running. So it must be destroyed before what the calls use (make it the last
/// member), and before the loop of those who await them.
class helper_thread {
public:
    template <class T>
    using call = std::function<pgcoro::result<T>()>;

    /// Runs `work` on the thread and gives its result. Give the function a name before: GCC 12 destroys lambdas with captures
    /// twice that are made within a co_await expression.
    template <class T>
    pgcoro::task<T> run(call<T> work) {
        co_return co_await boost::asio::co_spawn(thread_.get_executor(), run_here<T>(std::move(work)),
                                                 boost::asio::use_awaitable);
    }

private:
    template <class T>
    static pgcoro::task<T> run_here(call<T> work) {
        co_return work();
    }

    boost::asio::thread_pool thread_{1};
};

} // namespace common
