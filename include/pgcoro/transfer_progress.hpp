// SPDX-License-Identifier: BSL-1.0
// The progress of a long copy: for a line on a screen, or a metric.
#pragma once

#include <pgcoro/command_tag.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>

namespace pgcoro {

/// What a copy has moved so far, or in all.
struct transfer_report {
    /// Empty until the copy has succeeded, which distinguishes the last report from the others.
    command_tag tag;
    /// Once `tag` is there, the rows that it counts. Until then, the messages of the COPY TO STDOUT (see
    /// `copy_reader::messages_read`), or 0 where the source is a file or another stream of bytes, whose rows nobody counts.
    std::uint64_t rows = 0;
    /// Bytes in the format of the COPY.
    std::uint64_t bytes = 0;
    /// The size of the source when it was opened, if that is a file; otherwise 0.
    std::uint64_t total_bytes = 0;
    std::chrono::steady_clock::duration elapsed{};

    /// Averages since the beginning; 0 if no time has passed.
    double bytes_per_second() const noexcept { return per_second(bytes); }
    double rows_per_second() const noexcept { return per_second(rows); }

private:
    double per_second(std::uint64_t count) const noexcept {
        const double seconds = std::chrono::duration<double>(elapsed).count();
        return seconds > 0 ? static_cast<double>(count) / seconds : 0;
    }
};

/// Decides when to report progress: at most once in an interval, and once at the end.
///
/// A copy takes one as its last argument; a callable with a `const transfer_report&` converts to it. The callable runs in the
/// coroutine that copies: it delays that coroutine, and an exception from it ends the copy. A copy that fails makes no last
/// report.
class progress_meter {
public:
    using observer = std::function<void(const transfer_report&)>;
    using clock = std::function<std::chrono::steady_clock::time_point()>;

    /// Reports nothing.
    progress_meter() : progress_meter(observer()) {}
    template <std::invocable<const transfer_report&> Observer>
    progress_meter(Observer o) : progress_meter(observer(std::move(o))) {}
    /// `now` gives the time, for tests.
    explicit progress_meter(observer o, std::chrono::milliseconds interval = std::chrono::milliseconds(100),
                            clock now = &std::chrono::steady_clock::now)
        : observer_(std::move(o)), now_(std::move(now)), interval_(interval) {}

    // For whoever copies.

    /// The copying begins. `total_bytes` is 0 if it is not known.
    void begin(std::uint64_t total_bytes = 0);
    /// `bytes` more were moved; the messages so far are `rows`.
    void add(std::uint64_t bytes, std::uint64_t rows = 0);
    /// It has succeeded. Makes the last report, and gives it.
    transfer_report finish(const command_tag& tag);

private:
    observer observer_;
    clock now_;
    std::chrono::milliseconds interval_;
    std::chrono::steady_clock::time_point began_{};
    std::chrono::steady_clock::time_point reported_{};
    transfer_report so_far_;
};

} // namespace pgcoro
