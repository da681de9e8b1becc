// SPDX-License-Identifier: BSL-1.0
// Whether and when a transaction is run again.
#pragma once

#include <pgcoro/transact_options.hpp>

#include <chrono>
#include <optional>

namespace pgcoro {
class transaction;
}

namespace pgcoro::detail {

class transact_plan {
public:
    using clock = std::chrono::steady_clock;

    /// The time starts to run.
    explicit transact_plan(transact_options options);
    /// The same with a given time and random numbers, uniform in [0, 1).
    transact_plan(transact_options options, clock::time_point now, std::function<double()> random);

    const transact_options& options() const noexcept { return options_; }
    clock::time_point deadline() const noexcept { return deadline_; }
    /// Lets no statement of a transaction outlast the deadline. Before its first one.
    void limit(transaction& tx) const noexcept;

    /// An attempt has failed. How long to wait until the next one; nothing if there is to be none.
    std::optional<std::chrono::milliseconds> delay_after(const error& why) { return delay_after(why, clock::now()); }
    std::optional<std::chrono::milliseconds> delay_after(const error& why, clock::time_point now);

private:
    transact_options options_;
    clock::time_point deadline_ = clock::time_point::max();
    std::function<double()> random_;
    int attempts_ = 0;
};

} // namespace pgcoro::detail
