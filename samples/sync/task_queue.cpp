// SPDX-License-Identifier: BSL-1.0
#include "task_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace data_sync {

namespace asio = boost::asio;

task_queue::task_queue(const asio::any_io_executor& executor, std::function<void()> on_over)
    : executor_(executor), on_over_(std::move(on_over)), changed_(executor, asio::steady_timer::time_point::max()) {}

void task_queue::add(pgcoro::task<> work) {
    waiting_.push_back(std::move(work));
    if (!std::exchange(is_running_, true)) {
        start();
    }
}

/// All that wait, in one coroutine.
void task_queue::start() {
    asio::co_spawn(executor_, run(), [](std::exception_ptr thrown, const pgcoro::result<>&) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    });
}

pgcoro::task<> task_queue::run() {
    while (!waiting_.empty()) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        auto done = co_await std::move(next);
        if (!done) {
            failure_ = std::move(done).error();
            waiting_.clear();
        }
        changed_.cancel();
    }
    is_running_ = false;
    changed_.cancel();
    on_over_();
    co_return pgcoro::success();
}

pgcoro::task<> task_queue::wait() {
    boost::system::error_code ignored;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return pgcoro::success();
}

pgcoro::task<> task_queue::wait_for(std::size_t most) {
    while (size() > most && !failure_) {
        BOOST_OUTCOME_CO_TRY(co_await wait());
    }
    if (failure_) {
        co_return failure_;
    }
    co_return pgcoro::success();
}

pgcoro::task<> task_queue::wait_until_over() {
    while (is_running_) {
        BOOST_OUTCOME_CO_TRY(co_await wait());
    }
    co_return pgcoro::success();
}

} // namespace data_sync
