// SPDX-License-Identifier: BSL-1.0
// What a fault proxy has seen: written by its thread, read by all.
#pragma once

#include <pgcoro/result.hpp>
#include <pgcoro/testing/fault_proxy.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace pgcoro::testing {

class fault_journal {
public:
    /// A new connection; gives its number.
    std::size_t open() {
        const std::lock_guard lock(mutex_);
        seen_.emplace_back();
        changed_.notify_all();
        return seen_.size() - 1;
    }

    /// Changes what is known of a connection: `change` is a function of it.
    template <class Change>
    void update(std::size_t number, Change change) {
        const std::lock_guard lock(mutex_);
        change(seen_[number]);
        changed_.notify_all();
    }

    std::vector<proxied_connection> all() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

    /// Waits until `condition`, a function of all connections, is true.
    template <class Condition>
    result<> wait(std::chrono::milliseconds limit, const char* complaint, Condition condition) const {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, limit, [&] { return condition(seen_); })) {
            return error(errc::timed_out, complaint);
        }
        return boost::outcome_v2::success();
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<proxied_connection> seen_;
};

} // namespace pgcoro::testing
