// SPDX-License-Identifier: BSL-1.0
// The slow statements that wait to be explained.
#pragma once

#include "observers/recent_fingerprints.hpp"

#include <pgcoro/slow_query_plans_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::observers {

/// What was slow, before it is copied.
struct slow_statement_view {
    std::string_view name;
    std::string_view sql;
    std::uint64_t fingerprint = 0;
    std::span<const std::uint32_t> types;
    std::chrono::nanoseconds duration{};
};

struct slow_statement {
    slow_query_plan plan; // without the plan, so far
    std::vector<std::uint32_t> types;
};

/// A bounded queue, which takes each text once in a while. It reads no clock but the system's, for the time it shows.
class slow_statements {
public:
    explicit slow_statements(const slow_query_plans_options& options) noexcept
        : max_queued_(options.max_queued), max_sql_(options.max_sql), recent_(options.once_in, options.max_remembered) {}

    /// True if it was taken. What finds no room may come again: it is not remembered.
    bool offer(const slow_statement_view& slow, std::chrono::steady_clock::time_point now);
    std::optional<slow_statement> take();
    bool empty() const noexcept { return waiting_.empty(); }
    void clear() noexcept { waiting_.clear(); }
    /// Those that were not taken for want of room.
    std::uint64_t skipped() const noexcept { return skipped_; }

private:
    std::size_t max_queued_;
    std::size_t max_sql_;
    recent_fingerprints recent_;
    std::deque<slow_statement> waiting_;
    std::uint64_t skipped_ = 0;
};

} // namespace pgcoro::observers
