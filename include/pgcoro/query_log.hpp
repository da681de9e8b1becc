// SPDX-License-Identifier: BSL-1.0
// `query_log`: an observer that writes a line about each statement, or about some of them.
//
//     config.observe(std::make_shared<pgcoro::query_log>(std::clog));
#pragma once

#include <pgcoro/observer.hpp>
#include <pgcoro/query_log_options.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <string_view>

namespace pgcoro {

/// Writes a line about each statement when it ends. Lines contain no values of parameters and no passwords, unless the options
/// ask for values. SQL is shown as it was given: literals in it are shown too.
///
/// Thread safety: one log may be given to several connections on several threads. Lines for a stream are written under a lock.
/// The callback runs on the threads of the connections, possibly on several at once. It must not wait: hand lines to a logger
/// that queues them. If it or `query_log_options::format` throws, the line is lost and counted.
class query_log final : public observer {
public:
    /// Gets one line, without a line break at its end.
    using output = std::function<void(std::string_view line)>;
    /// The same, with the outcome, from which a level can be chosen.
    using output_with_outcome = std::function<void(std::string_view line, query_log_outcome outcome)>;

    explicit query_log(output write, query_log_options options = {});
    explicit query_log(output_with_outcome write, query_log_options options = {});
    /// Writes lines to a stream, which must outlive the log. It is not flushed.
    explicit query_log(std::ostream& stream, query_log_options options = {});

    /// The lines that could not be written, because of an exception.
    std::uint64_t lost_lines() const noexcept { return lost_.load(std::memory_order_relaxed); }

    bool wants_values() const noexcept override { return options_.values; }
    void on_statement_end(const statement_event& e) noexcept override;
    void on_connect(const connect_event& e) noexcept override;
    void on_disconnect(const disconnect_event& e) noexcept override;
    void on_transaction_end(const transaction_event& e) noexcept override;

private:
    void write(const query_log_entry& entry);
    template <class Log>
    void guarded(Log log) noexcept;

    query_log_options options_;
    output_with_outcome write_;
    std::mutex stream_lock_;
    std::atomic<std::uint64_t> lost_{0};
};

} // namespace pgcoro
