// SPDX-License-Identifier: BSL-1.0
// The one timer that all deadlines of an object share.
#pragma once

#include "base/loop_handler.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace pgcoro {

/// Wakes its owner at the earliest time it was asked for. It is not stopped when the operation it was set for completes in
/// time: setting a timer costs more than one vain wake-up.
class deadline_timer {
public:
    using clock = std::chrono::steady_clock;

    explicit deadline_timer(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

    /// Calls `(owner.*OnDeadline)()` at `when`, unless it is called earlier. The callee looks for what is due and watches the
    /// next deadline.
    template <auto OnDeadline, class Owner>
    void watch(Owner& owner, clock::time_point when) {
        if (when >= at_) {
            return;
        }
        at_ = when;
        timer_.expires_at(when);
        timer_.async_wait(loop_handler(owner.shared_from_this(), [this](Owner& o, boost::system::error_code stopped) {
            if (!stopped) {
                at_ = clock::time_point::max();
                (o.*OnDeadline)();
            }
        }));
    }

    void cancel() noexcept {
        at_ = clock::time_point::min(); // and is not set again
        timer_.cancel();
    }

private:
    boost::asio::steady_timer timer_;
    clock::time_point at_ = clock::time_point::max();
};

} // namespace pgcoro
