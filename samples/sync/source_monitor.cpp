// SPDX-License-Identifier: BSL-1.0
#include "source_monitor.hpp"

#include "failure.hpp"
#include "servers.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace data_sync {

namespace asio = boost::asio;
using pgcoro::task;

namespace {

struct slot_facts {
    std::string name;
    std::optional<std::int64_t> retained;
    std::optional<std::int64_t> unconfirmed; ///< what the target does not have, as far as the source knows
};

std::optional<std::uint64_t> positive(std::optional<std::int64_t> bytes) {
    return bytes ? std::optional(static_cast<std::uint64_t>(std::max<std::int64_t>(0, *bytes))) : std::nullopt;
}

} // namespace

source_monitor::source_monitor(const asio::any_io_executor& executor, const options& o, worker_list& workers,
                               std::function<void()> on_look)
    : options_(o), workers_(workers), on_look_(std::move(on_look)), timer_(executor) {}

void source_monitor::stop() {
    is_stopping_ = true;
    timer_.cancel();
    source_.close();
}

asio::awaitable<void> source_monitor::run() {
    while (!is_stopping_) {
        const auto looked = co_await look();
        if (!looked) {
            source_.close(); // the workers tell what is wrong
        }
        for (const auto& w : workers_) {
            measure(*w);
        }
        if (!is_stopping_) {
            on_look_();
            timer_.expires_after(std::chrono::seconds(1));
            boost::system::error_code ignored;
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
    }
    source_.close(); // it may have been opened since `stop`
}

task<> source_monitor::look() {
    if (!source_.is_open()) {
        BOOST_OUTCOME_CO_TRY(source_, co_await connect_source(options_));
    }
    BOOST_OUTCOME_CO_TRY(const auto end, co_await source_.fetch_one<pgcoro::lsn>("select pg_current_wal_lsn()"));
    end_ = end.value;
    clock_.add(end_, std::chrono::steady_clock::now());
    if (!has_told_end_) {
        has_told_end_ = true;
        for (const auto& w : workers_) {
            w->end_at(end);
        }
    }
    std::vector<std::string> names;
    for (const auto& w : workers_) {
        names.push_back(w->slot());
    }
    BOOST_OUTCOME_CO_TRY(
        const auto slots,
        co_await source_.fetch<slot_facts>("select slot_name::text, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8, "
                                           "pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::int8 "
                                           "from pg_replication_slots where slot_name = any($1)",
                                           names));
    for (const auto& w : workers_) {
        const auto found = std::ranges::find(slots, w->slot(), &slot_facts::name);
        w->measured().retained_bytes = found == slots.end() ? std::nullopt : positive(found->retained);
        const auto behind = found == slots.end() ? std::nullopt : positive(found->unconfirmed);
        if (behind && is_too_much(*w, *behind)) {
            w->give_up("it was " + std::to_string(*behind) + " bytes of log behind, more than --max-lag");
        }
    }
    co_return co_await drop_slots();
}

/// Of targets that are given up. What fails is tried again at the next look.
task<> source_monitor::drop_slots() {
    pgcoro::result<> all = pgcoro::success();
    for (const auto& w : workers_) {
        if (w->waits_for_drop()) {
            const auto dropped = co_await drop_slot(w->slot());
            w->on_drop(dropped);
            if (!dropped) {
                all = dropped;
            }
        }
    }
    co_return all;
}

/// The source's log for a target that cannot keep up is to be bounded. What it keeps for another reason, such as a transaction
/// that is open for long, is no fault of the target.
bool source_monitor::is_too_much(const target_worker& w, std::uint64_t behind) const {
    return options_.max_lag && behind > *options_.max_lag && !w.is_over() && !w.waits_for_drop() &&
           w.status().state != target_state::copying;
}

task<> source_monitor::drop_slot(std::string slot) {
    // The walsender may not have noticed yet that its client is gone.
    BOOST_OUTCOME_CO_TRY(co_await source_.execute(
        "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = $1 and active_pid is not null",
        slot));
    BOOST_OUTCOME_CO_TRY(co_await source_.execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1", slot));
    co_return pgcoro::success();
}

void source_monitor::measure(target_worker& w) {
    auto& s = w.measured();
    const auto now = std::chrono::steady_clock::now();
    s.rate = rates_[s.name].add(s.counts.changes, now);
    if (s.position != 0) {
        s.lag_bytes = end_ > s.position ? end_ - s.position : 0;
        s.lag_time = clock_.behind(s.position, now);
    }
}

} // namespace data_sync
