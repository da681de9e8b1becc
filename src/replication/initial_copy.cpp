// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/initial_copy.hpp>

#include "replication/published_tables.hpp"

#include <pgcoro/quote.hpp>
#include <pgcoro/transaction.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace pgcoro {
namespace replication { // not an unnamed one: the coroutine's frame has a member of these types

namespace asio = boost::asio;

/// What the workers share.
struct copying {
    copying(const asio::any_io_executor& executor, connect_config c, std::string s, table_copier t, initial_copy_options h)
        : config(std::move(c)),
          snapshot(std::move(s)),
          copy(std::move(t)),
          how(std::move(h)),
          changed(executor, asio::steady_timer::time_point::max()) {}

    void fail(error why) {
        failure = failure ? std::move(failure) : std::move(why);
        for (auto& stop : stops) {
            stop.emit(asio::cancellation_type::terminal);
        }
    }
    /// An operation that had already completed does not report the cancellation.
    void fail_if_cancelled(const asio::cancellation_state& state) {
        if (state.cancelled() != asio::cancellation_type::none && !failure) {
            fail(detail::aborted());
        }
    }

    connect_config config;
    std::string snapshot;
    table_copier copy;
    initial_copy_options how;
    asio::steady_timer changed; // wakes the one who waits for the workers
    std::optional<std::vector<published_table>> tables;
    std::size_t next = 0; // of the tables
    std::size_t running = 0;
    initial_copy_progress progress;
    error failure;
    std::deque<asio::cancellation_signal> stops; // one for each worker
};

/// A transaction that sees what was there when the slot was created.
task<transaction> begin_at(connection& c, const std::string& snapshot) {
    transaction_options options;
    options.isolation = isolation_level::repeatable_read;
    options.access = access_mode::read_only;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(options));
    BOOST_OUTCOME_CO_TRY(const auto name, quote_literal(snapshot));
    unchecked_sql command("set transaction snapshot " + name);
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(command));
    // A policy must not hide rows without a word, and a copy takes as long as it takes. transaction_timeout is of
    // PostgreSQL 17. The last four are for copies in the text format: names have their schema.
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(
        "select pg_catalog.set_config(s.name, w.value, true) from pg_catalog.pg_settings s join (values "
        "('row_security', 'off'), ('statement_timeout', '0'), ('lock_timeout', '0'), "
        "('idle_in_transaction_session_timeout', '0'), ('transaction_timeout', '0'), ('DateStyle', 'ISO'), "
        "('IntervalStyle', 'postgres'), ('extra_float_digits', '3'), ('search_path', '')) w(name, value) on w.name = s.name"));
    co_return tx;
}

task<void> copy_table(transaction& tx, copying& work, const published_table& table) {
    unchecked_sql statement(table.copy_out_statement());
    BOOST_OUTCOME_CO_TRY(auto rows, co_await tx.copy_out(statement));
    BOOST_OUTCOME_CO_TRY(const auto count, co_await work.copy(table, std::move(rows)));
    ++work.progress.finished_tables;
    work.progress.rows += count;
    if (work.how.on_progress) {
        work.how.on_progress(work.progress);
    }
    co_return boost::outcome_v2::success();
}

/// Copies one table after the other, as long as there are some.
task<void> copy_tables(std::shared_ptr<copying> work, transaction tx, [[maybe_unused]] connection owner) {
    while (work->next < work->tables->size() && !work->failure) {
        const published_table& table = (*work->tables)[work->next++];
        BOOST_OUTCOME_CO_TRY(co_await copy_table(tx, *work, table));
    }
    co_return boost::outcome_v2::success();
}

void start_worker(const asio::any_io_executor& executor, const std::shared_ptr<copying>& work, transaction tx, connection c) {
    ++work->running;
    auto& stop = work->stops.emplace_back();
    asio::co_spawn(executor, copy_tables(work, std::move(tx), std::move(c)),
                   asio::bind_cancellation_slot(stop.slot(), [work](std::exception_ptr thrown, result<> outcome) {
                       --work->running;
                       if (thrown) {
                           work->fail(error(errc::hook_failed, "what copies a table threw an exception"));
                       } else if (!outcome) {
                           work->fail(outcome.error());
                       }
                       work->changed.cancel();
                   }));
}

/// Until the snapshot is read by all, the connection that has exported it must stay as it is: in a transaction, until its next
/// command.
task<void> copy_all(std::shared_ptr<copying> work, const replication_options& options) {
    const auto executor = co_await asio::this_coro::executor;
    const std::size_t most = std::max<std::size_t>(work->how.connections, 1);
    for (std::size_t i = 0; i < most && (!work->tables || i < work->tables->size()); ++i) {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(executor, work->config));
        BOOST_OUTCOME_CO_TRY(auto tx, co_await begin_at(c, work->snapshot));
        if (!work->tables) {
            BOOST_OUTCOME_CO_TRY(auto tables, co_await published_tables(tx, options.publications, options.binary));
            work->progress.tables = tables.size();
            for (const auto& table : tables) {
                work->progress.estimated_rows += table.estimated_rows;
            }
            work->tables = std::move(tables);
        }
        start_worker(executor, work, std::move(tx), std::move(c));
    }
    co_return boost::outcome_v2::success();
}

/// On another connection if that one is lost. Whoever called has an error already.
asio::awaitable<void> drop_slot(replication_connection c, const std::string& slot, const connect_config& config) {
    constexpr std::chrono::seconds limit(5);
    const auto dropped = co_await c.drop_slot(slot).within(limit);
    if (dropped || c.is_open()) {
        co_return;
    }
    auto another = co_await connect_replication(co_await asio::this_coro::executor, config).within(limit);
    if (another) {
        const auto gone = co_await another.value().drop_slot(slot, true).within(limit);
        static_cast<void>(gone);
    }
}

} // namespace replication

task<replication_stream> initial_copy(connect_config config, std::string slot, replication_options options, table_copier copy,
                                      initial_copy_options how) {
    namespace asio = boost::asio;
    // A cancellation ends the work in order: the slot is to be dropped.
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto executor = co_await asio::this_coro::executor;
    how.slot.snapshot = slot_snapshot::exported;
    BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(executor, config));
    BOOST_OUTCOME_CO_TRY(const auto made, co_await c.create_slot(slot, how.slot));
    const auto work =
        std::make_shared<replication::copying>(executor, std::move(config), made.snapshot, std::move(copy), std::move(how));
    const auto state = co_await asio::this_coro::cancellation_state;
    work->fail_if_cancelled(state);
    if (!work->failure) {
        const auto begun = co_await replication::copy_all(work, options);
        if (!begun) {
            work->fail(begun.error());
        } else if (const auto released = co_await c.identify(); !released) {
            work->fail(released.error());
        }
    }
    for (work->fail_if_cancelled(state); work->running != 0; work->fail_if_cancelled(state)) {
        boost::system::error_code woken;
        co_await work->changed.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    if (!work->failure) {
        options.position = made.consistent_point;
        auto stream = co_await c.start(slot, std::move(options));
        if (stream) {
            co_return stream;
        }
        work->fail(stream.error());
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await replication::drop_slot(std::move(c), slot, work->config);
    co_return work->failure;
}

} // namespace pgcoro
