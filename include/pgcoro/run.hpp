// SPDX-License-Identifier: BSL-1.0
// `run(task)`: runs a coroutine to its end, for a `main` that has nothing else to do.
//
//     int main() {
//         if (auto done = pgcoro::run(work("host=db dbname=shop")); !done) {
//             std::cerr << done.error() << '\n';
//             return EXIT_FAILURE;
//         }
//     }
#pragma once

#include <pgcoro/result.hpp>

#include <utility>

namespace pgcoro {
namespace detail {

/// Returns when `main` has ended; rethrows what it threw.
void run_until_done(boost::asio::awaitable<void> main);

template <class T>
boost::asio::awaitable<void> store(task<T> main, result<T>& outcome) {
    outcome = co_await std::move(main);
}

} // namespace detail

/// Runs a coroutine on an `io_context` of its own, in this thread, and returns its result.
///
/// Coroutines that it has started and not awaited (with `co_spawn` and `detached`, for example) end with it: they are destroyed
/// where they are suspended, without notice. To end them properly, wait for them: with `&&`, `parallel_group` or `pool::close`.
///
/// Errors: the task's own. `operation_aborted` if it waits for an event that nothing on this `io_context` can cause.
/// Exceptions: those of the task, and those of handlers and callbacks that run alongside it; the task is then destroyed.
/// Signals: no handlers are installed; SIGINT ends the process. To handle it, wait for `boost::asio::signal_set::async_wait`
/// alongside the work: `co_await (work() || signals.async_wait(use_awaitable))`.
/// Thread safety: each call has its own `io_context` and may be made in any thread. Objects made by the task belong to that
/// `io_context` and must not be used after this returns. Called inside a coroutine, it blocks that coroutine's loop.
template <class T>
result<T> run(boost::asio::awaitable<result<T>> main) {
    result<T> outcome;
    detail::run_until_done(detail::store(std::move(main), outcome));
    return outcome;
}

} // namespace pgcoro
