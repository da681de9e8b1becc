// SPDX-License-Identifier: BSL-1.0
// `run(task)`: what a `main` needs that has nothing else to do.
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

/// Returns when `main` has ended; throws what it threw.
void run_until_done(boost::asio::awaitable<void> main);

template <class T>
boost::asio::awaitable<void> store(task<T> main, result<T>& outcome) {
    outcome = co_await std::move(main);
}

} // namespace detail

/// Runs a coroutine on an `io_context` of its own, in this thread, and gives its result when it is done.
///
/// What it has started and not waited for (with `co_spawn` and `detached`, say) ends with it: it is destroyed where it waits,
/// without being told. To end it properly, wait for it: with `&&`, with `parallel_group`, or by `pool::close`.
///
/// Errors: the task's own. `operation_aborted` if it waits for something that nobody on this `io_context` can bring about.
/// Exceptions: those of the task, and those of handlers and callbacks that run beside it; the task is destroyed then.
/// Signals: no handlers are installed; SIGINT ends the process. Where that is too sudden, wait for
/// `boost::asio::signal_set::async_wait` beside the work: `co_await (work() || signals.async_wait(use_awaitable))`.
/// Thread safety: each call has its own `io_context` and may be made in any thread. Everything made by the task belongs to
/// that `io_context` and cannot be used after this returns. Called inside of a coroutine it holds up the loop that runs it.
template <class T>
result<T> run(boost::asio::awaitable<result<T>> main) {
    result<T> outcome;
    detail::run_until_done(detail::store(std::move(main), outcome));
    return outcome;
}

} // namespace pgcoro
