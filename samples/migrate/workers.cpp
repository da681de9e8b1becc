// SPDX-License-Identifier: BSL-1.0
#include "workers.hpp"

#include "failure.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace migrate {
namespace {

namespace asio = boost::asio;
using pgcoro::task;

/// Ends the group with the first worker that fails.
struct wait_for_failure {
    asio::cancellation_type_t operator()(const std::exception_ptr& e, const pgcoro::result<>& r) const noexcept {
        return e || !r ? asio::cancellation_type::terminal : asio::cancellation_type::none;
    }
};

/// Lets workers wait until another one has finished something.
class queue_run {
public:
    queue_run(work_queue& queue, const work_function& work, const asio::any_io_executor& e)
        : queue_(queue), work_(work), changed_(e, asio::steady_timer::time_point::max()) {}

    task<> run(worker& w) {
        while (!queue_.is_done() && !failure_) {
            const auto item = queue_.next(w.reader != nullptr);
            if (!item) {
                boost::system::error_code woken;
                co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
                continue;
            }
            auto done = co_await work_(*item, w);
            if (!done) {
                failure_ = failure_ ? failure_ : done.error();
                changed_.cancel();
                co_return done;
            }
            queue_.finish(*item);
            changed_.cancel();
        }
        co_return pgcoro::success();
    }

    const pgcoro::error& failure() const { return failure_; }

private:
    work_queue& queue_;
    const work_function& work_;
    asio::steady_timer changed_;
    pgcoro::error failure_; // the first: the others have been cancelled
};

} // namespace

task<> run_workers(work_queue& queue, std::vector<worker>& workers, const work_function& work) {
    const auto executor = co_await asio::this_coro::executor;
    queue_run shared(queue, work, executor);
    using one = decltype(asio::co_spawn(executor, shared.run(workers.front()), asio::deferred));
    std::vector<one> all;
    for (worker& w : workers) {
        all.push_back(asio::co_spawn(executor, shared.run(w), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all));
    auto done = co_await group.async_wait(wait_for_failure(), asio::use_awaitable);
    if (shared.failure()) {
        co_return shared.failure();
    }
    for (const auto& e : std::get<1>(done)) {
        if (e) {
            std::rethrow_exception(e);
        }
    }
    for (const auto& outcome : std::get<2>(done)) {
        BOOST_OUTCOME_CO_TRY(outcome);
    }
    co_return pgcoro::success();
}

} // namespace migrate
