// SPDX-License-Identifier: BSL-1.0
// `slow_query_plans`: an observer that asks the server for the plans of slow statements.
//
//     auto plans = std::make_shared<pgcoro::slow_query_plans>(executor, config);
//     config.observe(plans);
//     ...
//     for (const auto& slow : plans->last()) { std::cerr << slow.sql << '\n' << slow.plan << '\n'; }
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/observer.hpp>
#include <pgcoro/slow_query_plans_options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace pgcoro {
namespace observers {
class plan_worker;
}

/// Explains each slow statement, at most once an hour, on its own connection.
///
/// It explains SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES and WITH, never with ANALYZE: nothing is executed. As always when
/// PostgreSQL plans a statement, functions that are declared immutable or stable may be called. The plan is a generic one, for
/// any values of the parameters, which are not sent: PREPARE with the types of the parameters, and EXPLAIN EXECUTE with NULL
/// for each, with GENERIC_PLAN on a server of version 16 or later. Before 16, partitions that cannot hold NULL are missing from
/// the plan ("Subplans Removed"). It runs in a read-only transaction that is rolled back.
///
/// The plan may differ from the one that was slow: `plan_cache_mode`, `search_path` and other settings are those of the
/// explaining connection. Statements on temporary tables of another session give an error.
///
/// The connection is made when the first statement is to be explained, and closed when it has been idle for a while. It uses
/// `config`, without its observers and hooks. It should lead to the server itself, or to a pooler in session mode.
///
/// Lifetimes: `executor` must outlive the connections that are observed. While a connection is open, it keeps the event loop
/// running: call `close` at the end, or destroy what holds this observer.
/// Thread safety: one object may be given to several connections on several threads, and `last`, `skipped` and `close` may be
/// called from any thread. The executor is an `io_context` run by one thread, or a strand.
class slow_query_plans final : public observer {
public:
    slow_query_plans(boost::asio::any_io_executor executor, connect_config config, slow_query_plans_options options = {});
    /// Same as `close`.
    ~slow_query_plans() override;

    /// The last plans and errors, the newest last.
    std::vector<slow_query_plan> last() const;
    /// The slow statements that were not explained because too many waited or were remembered, or because of their size.
    std::uint64_t skipped() const noexcept;
    /// Explains nothing more, and closes the connection. An EXPLAIN in flight is abandoned.
    void close() noexcept;

    void on_statement_end(const statement_event& e) noexcept override;

private:
    std::shared_ptr<observers::plan_worker> worker_;
};

} // namespace pgcoro
