// SPDX-License-Identifier: BSL-1.0
// The settings of `slow_query_plans`, and what it gives.
#pragma once

#include <pgcoro/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace pgcoro {

/// A slow statement and its plan, or why there is none.
struct slow_query_plan {
    /// What the caller has named the statement with `operation::named`; empty if it has no name.
    std::string name;
    std::string sql;
    /// `statement_event::fingerprint`.
    std::uint64_t fingerprint = 0;
    /// How long the statement took from being sent to its end: `statement_event::on_wire`. Of a batch, all of it.
    std::chrono::nanoseconds duration{};
    /// When it ended.
    std::chrono::system_clock::time_point time;
    /// What EXPLAIN printed, for any values of its parameters; empty if it failed.
    std::string plan;
    /// Why there is no plan; no error if there is one.
    error failure;
};

enum class plan_format : std::uint8_t { text, json };

/// The defaults suit most programs.
struct slow_query_plans_options {
    slow_query_plans_options() noexcept {}

    /// A statement that took at least this long from being sent to its end is explained.
    std::chrono::nanoseconds slow_after = std::chrono::seconds(1);
    /// The same text is not explained again for this long, whether it succeeded or not.
    std::chrono::steady_clock::duration once_in = std::chrono::hours(1);
    plan_format format = plan_format::text;

    /// The server's `statement_timeout` and `lock_timeout` while it explains. EXPLAIN waits for locks on the tables.
    std::chrono::milliseconds statement_timeout{2000};
    std::chrono::milliseconds lock_timeout{200};
    /// The connection is closed when it has had nothing to do for this long.
    std::chrono::milliseconds idle_timeout{30'000};

    /// Statements that wait to be explained. If there are more, or their text is longer, they are skipped and counted.
    std::size_t max_queued = 16;
    /// In bytes.
    std::size_t max_sql = 65536;
    /// The texts that are remembered for `once_in`. While there are that many, new ones are skipped and counted.
    std::size_t max_remembered = 1000;
    /// The plans that `slow_query_plans::last` gives.
    std::size_t kept = 20;

    /// Called with each plan, on the executor. It may start operations, and must not wait. What it throws is ignored.
    std::function<void(const slow_query_plan& plan)> on_plan;
    /// The time that `once_in` is measured with; called on any thread. Not set: the steady clock. For tests.
    std::function<std::chrono::steady_clock::time_point()> now;
};

} // namespace pgcoro
