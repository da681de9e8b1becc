// SPDX-License-Identifier: BSL-1.0
// What is known of one target while the program runs: for the progress lines, --json and the page.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace data_sync {

enum class target_state {
    connecting, ///< for the first time
    copying,    ///< the tables as they were when the slot was created
    following,  ///< the changes since then
    waiting,    ///< after a failure, until the next attempt
    stopped,    ///< somebody has to do something
    ended,      ///< as it was told to
};

constexpr std::string_view name_of(target_state s) noexcept {
    switch (s) {
    case target_state::connecting: return "connecting";
    case target_state::copying: return "copying";
    case target_state::following: return "following";
    case target_state::waiting: return "waiting";
    case target_state::stopped: return "stopped";
    case target_state::ended: return "ended";
    }
    return "unknown";
}

/// Since the slot was created, as the target has it in its own database.
struct sync_counts {
    std::int64_t transactions = 0;
    std::int64_t changes = 0;
    std::int64_t conflicts = 0;
};

struct copy_counts {
    std::uint64_t tables = 0;
    std::uint64_t finished_tables = 0;
    std::uint64_t rows = 0;
    std::int64_t estimated_rows = 0;
};

struct target_status {
    std::string name;
    target_state state = target_state::connecting;
    /// Of the state, for people; empty if it needs no reason.
    std::string reason;
    std::string last_error;
    std::chrono::system_clock::time_point last_error_at;

    /// Everything up to there is applied.
    std::uint64_t position = 0;
    sync_counts counts;
    copy_counts copy;

    /// Log that the source has written since `position`, and how long ago it had only that.
    std::uint64_t lag_bytes = 0;
    std::chrono::milliseconds lag_time{0};
    /// Log that the source keeps for the slot. Nothing if there is no slot.
    std::optional<std::uint64_t> retained_bytes;
    /// Changes per second, over the last seconds.
    double rate = 0;
};

} // namespace data_sync
