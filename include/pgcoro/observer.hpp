// SPDX-License-Identifier: BSL-1.0
// What pgcoro tells about its work: derive from `observer`, and give it to a configuration, a pool or a multiplexer.
//
//     class slow_statements : public pgcoro::observer {
//         void on_statement_end(const pgcoro::statement_event& e) noexcept override {
//             if (e.total() > std::chrono::seconds(1)) {
//                 std::cerr << e.sql() << '\n';
//             }
//         }
//     };
//     config.observe(std::make_shared<slow_statements>());
//
// Ready ones: <pgcoro/query_log.hpp>, <pgcoro/slow_query_plans.hpp>, <pgcoro/trace_spans.hpp>, and `metrics` of the component
// pgcoro::prometheus.
#pragma once

#include <pgcoro/connection_facts.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/statement_event.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgcoro {

struct gap; // <pgcoro/listener_events.hpp>

/// An attempt to connect is over, with all its hosts.
struct connect_event {
    /// Null if it failed.
    const connection_facts* connection = nullptr;
    std::chrono::nanoseconds duration{};
    error failure;
};

/// A connection that was made has ended.
struct disconnect_event {
    const connection_facts& connection;
    /// `errc::connection_closed` if this side ended it.
    const error& why;
};

enum class transaction_end : std::uint8_t {
    committed,
    /// Rolled back, by the program or because its handle was dropped; also a COMMIT that the server answered with ROLLBACK.
    rolled_back,
    /// The connection was lost, and the transaction with it.
    lost,
    /// The connection was lost while COMMIT was in flight.
    unknown,
};

/// A transaction begun with `begin` begins or is over: all of it, not a savepoint. Its end is told before that of the call of
/// `commit` or `rollback`.
struct transaction_event {
    /// When it is over.
    transaction_end outcome = transaction_end::committed;
    /// From `begin` on.
    std::chrono::nanoseconds duration{};
    /// Which one of `transact`, counted from 1. Known when it is over.
    int attempt = 1;
    const connection_facts& connection;
    /// For the observer that is being called, as `statement_event::data`; statements find it by `transaction_data`.
    void*& data;
};

/// The state of a pool.
struct pool_counts {
    std::size_t idle = 0;
    std::size_t in_use = 0;
    std::size_t waiting = 0;
    std::size_t max_size = 0;
    /// More idle ones are closed.
    std::size_t max_idle = 0;

    bool operator==(const pool_counts&) const = default;
};

/// The state of a pool has changed: a connection was lent, came back, was made or closed, or somebody waits for one.
struct pool_event {
    /// `pool_options::name`.
    std::string_view name;
    /// All zero when the pool is gone.
    const pool_counts& now;
    /// As it was told the last time; all zero the first time. By the differences, pools of one name can be summed up.
    const pool_counts& before;
};

/// Somebody has got a connection of a pool, or has not.
struct acquire_event {
    /// `pool_options::name`.
    std::string_view pool;
    /// Zero if a connection was idle.
    std::chrono::nanoseconds waited{};
    error failure;
};

/// A borrowed connection came back.
struct release_event {
    std::string_view pool;
    std::chrono::nanoseconds used{};
};

/// A replication stream tells its server what was confirmed, each `replication_options::status_interval`.
struct replication_event {
    std::string_view slot;
    /// The bytes of log between what the server has written and what was confirmed.
    std::uint64_t lag_bytes = 0;
};

/// Functions that are called while pgcoro works. Each may be left out.
///
/// They run on the executor of the connection or pool that they are about; `on_statement_begin` where the call was started, if
/// that is another thread, unless it is part of a transaction. None may throw, wait, or use what it observes. An observer that
/// is given to several connections on several threads must be thread-safe. Without an observer nothing is measured; one costs
/// some 300 instructions a statement. Order: several observers are called in the order in which they were added, at the
/// beginning and at the end.
class observer {
public:
    virtual ~observer() = default;

    /// Whether `statement_event::value` is to give values. Asked once, when the observer is added.
    virtual bool wants_values() const noexcept { return false; }
    /// The same of `statement_event::bytes_received`: each value is looked at for it.
    virtual bool wants_bytes() const noexcept { return false; }

    /// A call was started. It ends exactly once.
    virtual void on_statement_begin(const statement_event&) noexcept {}
    virtual void on_statement_end(const statement_event&) noexcept {}
    /// Instead of the end: its executor is being destroyed, or a stream was never opened. For freeing `data`.
    virtual void on_statement_drop(const statement_event&) noexcept {}
    /// Rows or data of a stream or COPY have passed: as often as they come.
    virtual void on_progress(const statement_event&) noexcept {}

    virtual void on_connect(const connect_event&) noexcept {}
    virtual void on_disconnect(const disconnect_event&) noexcept {}
    virtual void on_transaction_begin(const transaction_event&) noexcept {}
    virtual void on_transaction_end(const transaction_event&) noexcept {}

    virtual void on_pool_change(const pool_event&) noexcept {}
    virtual void on_acquire(const acquire_event&) noexcept {}
    virtual void on_release(const release_event&) noexcept {}

    /// A listener hands over a gap: notifications may be missing.
    virtual void on_gap(const gap&) noexcept {}
    virtual void on_replication(const replication_event&) noexcept {}
};

std::string_view to_string(transaction_end outcome) noexcept;

} // namespace pgcoro
