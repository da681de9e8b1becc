// SPDX-License-Identifier: BSL-1.0
#include "bookkeeping.hpp"

#include "failure.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <tuple>

namespace data_sync {

using pgcoro::task;

task<> lock_target(pgcoro::connection& db, std::string slot) {
    // The server ends a session whose program was killed when it notices.
    auto locked = co_await db.execute("select pg_advisory_lock(hashtextextended('pgcoro_sync ' || $1, 0))", slot)
                      .within(std::chrono::seconds(10));
    if (!locked && locked.error() == pgcoro::errc::timed_out) {
        co_return fail(failure::busy, "another pgcoro-sync serves this target, or a session of one that was killed still runs");
    }
    BOOST_OUTCOME_CO_TRY(std::move(locked));
    co_return pgcoro::success();
}

task<bool> has_bookkeeping(pgcoro::connection& db) {
    co_return co_await db.fetch_one<bool>("select to_regclass('pgcoro_sync.targets') is not null");
}

task<> prepare_bookkeeping(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(const auto is_there, co_await has_bookkeeping(db));
    if (is_there) {
        co_return pgcoro::success();
    }
    // Two that begin at the same time wait for one another here.
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("select pg_advisory_xact_lock(hashtextextended('pgcoro_sync', 0))"));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("create schema if not exists pgcoro_sync"));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(R"(create table if not exists pgcoro_sync.targets (
        slot text primary key,
        source_system text not null,
        source_database text not null,
        is_copied boolean not null,
        position pg_lsn not null default '0/0',
        transactions bigint not null default 0,
        changes bigint not null default 0,
        conflicts bigint not null default 0,
        committed_at timestamptz,
        written_at timestamptz not null default clock_timestamp(),
        stopped_because text
    ))"));
    co_return co_await tx.commit();
}

task<std::optional<kept_state>> read_state(pgcoro::connection& db, std::string slot) {
    BOOST_OUTCOME_CO_TRY(const auto is_there, co_await has_bookkeeping(db));
    if (!is_there) {
        co_return std::optional<kept_state>();
    }
    using row = std::tuple<std::string, std::string, bool, pgcoro::lsn, std::int64_t, std::int64_t, std::int64_t>;
    BOOST_OUTCOME_CO_TRY(const auto found, co_await db.fetch_optional<row>(
                                               "select source_system, source_database, is_copied, position, transactions, "
                                               "changes, conflicts from pgcoro_sync.targets where slot = $1",
                                               slot));
    if (!found) {
        co_return std::optional<kept_state>();
    }
    kept_state state;
    std::tie(state.source_system, state.source_database, state.is_copied, state.position, state.counts.transactions,
             state.counts.changes, state.counts.conflicts) = *found;
    co_return std::optional<kept_state>(state);
}

task<std::optional<kept_status>> read_status(pgcoro::connection& db, std::string slot) {
    BOOST_OUTCOME_CO_TRY(const auto is_there, co_await has_bookkeeping(db));
    if (!is_there) {
        co_return std::optional<kept_status>();
    }
    co_return co_await db.fetch_optional<kept_status>(
        "select is_copied, position, transactions, changes, conflicts, stopped_because, "
        "to_char(committed_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), "
        "extract(epoch from clock_timestamp() - written_at)::float8 from pgcoro_sync.targets where slot = $1",
        slot);
}

task<> begin_copy(pgcoro::connection& db, std::string slot, std::string system, std::string database) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute(
        "insert into pgcoro_sync.targets (slot, source_system, source_database, is_copied) values ($1, $2, $3, false) "
        "on conflict (slot) do update set source_system = excluded.source_system, source_database = excluded.source_database, "
        "is_copied = false, position = '0/0', transactions = 0, changes = 0, conflicts = 0, committed_at = null, "
        "stopped_because = null, written_at = clock_timestamp()",
        slot, system, database));
    co_return pgcoro::success();
}

task<> end_copy(pgcoro::connection& db, std::string slot, pgcoro::lsn position) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update pgcoro_sync.targets set is_copied = true, position = $2, "
                                             "written_at = clock_timestamp() where slot = $1",
                                             slot, position));
    co_return pgcoro::success();
}

pgcoro::operation<pgcoro::command_tag> move_position(pgcoro::transaction& tx, const std::string& slot, pgcoro::lsn from,
                                                     pgcoro::lsn to, std::optional<pgcoro::replication::time_point> time,
                                                     const sync_counts& more) {
    return tx.execute("update pgcoro_sync.targets set position = $3, transactions = transactions + $4, changes = changes + $5, "
                      "conflicts = conflicts + $6, committed_at = coalesce($7, committed_at), written_at = clock_timestamp(), "
                      "stopped_because = null where slot = $1 and position = $2 and is_copied",
                      slot, from, to, more.transactions, more.changes, more.conflicts, time);
}

task<> write_reason(pgcoro::connection& db, std::string slot, std::optional<std::string> reason) {
    BOOST_OUTCOME_CO_TRY(
        co_await db.execute("update pgcoro_sync.targets set stopped_because = $2 where slot = $1", slot, reason));
    co_return pgcoro::success();
}

task<> remove_state(pgcoro::connection& db, std::string slot) {
    BOOST_OUTCOME_CO_TRY(const auto is_there, co_await has_bookkeeping(db));
    if (!is_there) {
        co_return pgcoro::success();
    }
    BOOST_OUTCOME_CO_TRY(co_await db.execute("delete from pgcoro_sync.targets where slot = $1", slot));
    BOOST_OUTCOME_CO_TRY(const auto others, co_await db.fetch_one<std::int64_t>("select count(*) from pgcoro_sync.targets"));
    if (others == 0) {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("drop table pgcoro_sync.targets"));
        BOOST_OUTCOME_CO_TRY(co_await db.execute("drop schema pgcoro_sync"));
    }
    co_return pgcoro::success();
}

} // namespace data_sync
