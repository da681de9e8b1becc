// SPDX-License-Identifier: BSL-1.0
// Tasks that run one after the other while whoever gave them goes on.
#pragma once

#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <functional>

namespace data_sync {

/// After one that has failed, no other is run. On its executor only. It must not be destroyed while a task runs.
class task_queue {
public:
    /// `on_over` is called when the last one is over, or one has failed.
    task_queue(const boost::asio::any_io_executor& executor, std::function<void()> on_over);

    /// Precondition: `has_failed` is false.
    void add(pgcoro::task<> work);
    /// Those that are not over.
    std::size_t size() const noexcept { return waiting_.size() + (is_running_ ? 1 : 0); }
    bool has_failed() const noexcept { return static_cast<bool>(failure_); }

    /// Until so many at most are not over. Fails with the failure of any of them. One caller at a time.
    pgcoro::task<> wait_for(std::size_t most);
    /// Until none runs, after a failure, too.
    pgcoro::task<> wait_until_over();

private:
    pgcoro::task<> run();
    void start();
    pgcoro::task<> wait();

    boost::asio::any_io_executor executor_;
    std::function<void()> on_over_;
    boost::asio::steady_timer changed_;
    std::deque<pgcoro::task<>> waiting_;
    bool is_running_ = false;
    pgcoro::error failure_;
};

} // namespace data_sync
