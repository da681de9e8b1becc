// SPDX-License-Identifier: BSL-1.0
// What pgcoro reports about its work: derive from `observer`, and give it to a configuration, a pool or a multiplexer.
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
    /// `pool_options::name` of the pool that asked for it; empty if that has no name, and outside of pools.
    std::string_view pool = {};
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

/// A transaction begun with `begin` begins or ends (the whole transaction, not a savepoint). Its end is reported before that of
/// the call of `commit` or `rollback`.
struct transaction_event {
    /// When it is over.
    transaction_end outcome = transaction_end::committed;
    /// From `begin` on.
    std::chrono::nanoseconds duration{};
    /// Which attempt of `transact` it was, counted from 1. Known when it is over.
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

/// The state of a pool has changed: a connection was lent, returned, made or closed, or a caller waits for one.
struct pool_event {
    /// `pool_options::name`.
    std::string_view name;
    /// All zero when the pool is gone.
    const pool_counts& now;
    /// The counts of the previous event; all zero the first time. With the differences, pools that share a name can be summed
    /// up.
    const pool_counts& before;
};

/// A caller has got a connection from a pool, or has failed to get one.
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

/// A replication stream reports to its server what was confirmed, once per `replication_options::status_interval`.
struct replication_event {
    std::string_view slot;
    /// The bytes of log between what the server has written and what was confirmed.
    std::uint64_t lag_bytes = 0;
};

/// Functions that are called while pgcoro works. Each may be left out.
///
/// They run on the executor of the connection or pool that they observe; `on_statement_begin` runs on the thread that started
/// the call, unless the call is part of a transaction. None may throw, wait, or use the object that it observes. An observer
/// that is given to several connections on several threads must be thread-safe. Without an observer nothing is measured; an
/// observer costs at most 150 instructions per statement besides its own. Order: several observers are called in the order in
/// which they were added, at the beginning and at the end.
class observer {
public:
    virtual ~observer() = default;

    /// Whether `statement_event::value` is to give values. Asked once, when the observer is added.
    virtual bool wants_values() const noexcept { return false; }
    /// The same for `statement_event::bytes_received`, for which every value must be inspected.
    virtual bool wants_bytes() const noexcept { return false; }
    /// Whether `on_acquire`, `on_release` and `on_pool_change` are called: they cost 280 instructions for each statement on a
    /// pool. Asked once, as above.
    virtual bool wants_pool_events() const noexcept { return false; }

    /// A call was started. It ends exactly once.
    virtual void on_statement_begin(const statement_event&) noexcept {}
    virtual void on_statement_end(const statement_event&) noexcept {}
    /// Instead of the end: its executor is being destroyed, or a stream was never opened. For freeing `data`.
    virtual void on_statement_drop(const statement_event&) noexcept {}
    /// Rows or data of a stream or COPY have passed. Called each time they arrive.
    virtual void on_progress(const statement_event&) noexcept {}

    virtual void on_connect(const connect_event&) noexcept {}
    virtual void on_disconnect(const disconnect_event&) noexcept {}
    virtual void on_transaction_begin(const transaction_event&) noexcept {}
    virtual void on_transaction_end(const transaction_event&) noexcept {}

    // Only if `wants_pool_events`.
    virtual void on_pool_change(const pool_event&) noexcept {}
    virtual void on_acquire(const acquire_event&) noexcept {}
    virtual void on_release(const release_event&) noexcept {}

    /// A listener hands over a gap: notifications may be missing.
    virtual void on_gap(const gap&) noexcept {}
    virtual void on_replication(const replication_event&) noexcept {}
};

std::string_view to_string(transaction_end outcome) noexcept;

} // namespace pgcoro
