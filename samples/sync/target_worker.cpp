// SPDX-License-Identifier: BSL-1.0
#include "target_worker.hpp"

#include "bookkeeping.hpp"
#include "failure.hpp"
#include "initial_tables.hpp"
#include "schema_guard.hpp"
#include "servers.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace data_sync {

namespace asio = boost::asio;
namespace replication = pgcoro::replication;
using pgcoro::task;

namespace {

pgcoro::backoff_options delays_of(const options& o) {
    pgcoro::backoff_options delays;
    delays.maximum = o.longest_delay;
    delays.jitter = 0.5;
    delays.attempts = std::numeric_limits<int>::max();
    return delays;
}

sync_counts sum(const sync_counts& a, const sync_counts& b) {
    return {a.transactions + b.transactions, a.changes + b.changes, a.conflicts + b.conflicts};
}

} // namespace

target_worker::target_worker(const asio::any_io_executor& executor, const options& o, const target_option& t, journal& j)
    : executor_(executor),
      options_(o),
      target_(t),
      journal_(j),
      decision_(delays_of(o), static_cast<std::int64_t>(o.batch)),
      timer_(executor) {
    status_.name = t.name;
}

bool target_worker::is_over() const noexcept {
    return status_.state == target_state::stopped || status_.state == target_state::ended;
}

void target_worker::change_state(target_state next, std::string reason) {
    const bool is_new = status_.state != next;
    status_.state = next;
    status_.reason = std::move(reason);
    if (is_new) {
        const std::string text =
            status_.name + ": " + std::string(name_of(next)) + (status_.reason.empty() ? "" : ": " + status_.reason);
        journal_.event("state", text, {{"target", status_.name}, {"state", name_of(next)}, {"reason", status_.reason}});
    }
}

void target_worker::note_error(const pgcoro::error& why) {
    status_.last_error = explain(why);
    status_.last_error_at = std::chrono::system_clock::now();
}

asio::awaitable<void> target_worker::run() {
    for (bool goes_on = true; goes_on;) {
        const auto slot = cancel_.slot();
        auto done =
            co_await asio::co_spawn(executor_, cancellable_attempt(), asio::bind_cancellation_slot(slot, asio::use_awaitable));
        stream_.close();
        db_.close();
        if (is_given_up()) {
            goes_on = false;
        } else if (done || is_stopping_) {
            change_state(target_state::ended);
            goes_on = false;
        } else {
            goes_on = co_await after_failure(done.error());
        }
    }
    if (is_given_up()) { // while it worked, or while it paused
        co_await wait_for_drop();
    }
}

/// Or for `stop`: the next start finds out whether the slot is there.
asio::awaitable<void> target_worker::wait_for_drop() {
    while (!is_dropped_ && !is_stopping_) {
        change_state(target_state::waiting, given_up_because_ + ": its slot is to be dropped");
        co_await pause(std::chrono::hours(1)); // `on_drop` and `stop` end it
    }
    if (!is_dropped_) {
        change_state(target_state::ended);
        co_return;
    }
    co_await stop_for_good(
        fail(failure::too_far_behind,
             given_up_because_ + ": its slot was dropped; copy its tables again, with --copy-again " + target_.name));
}

asio::awaitable<bool> target_worker::after_failure(pgcoro::error why) {
    const auto next = decision_.on_failure(why, has_failed_change_);
    if (next != next_step::be_more_careful) { // else it may be that only together they do not fit
        note_error(why);
    }
    switch (next) {
    case next_step::be_more_careful: break;
    case next_step::stop: co_await stop_for_good(why); co_return false;
    case next_step::try_again:
        change_state(target_state::waiting, status_.last_error);
        const double random = std::uniform_real_distribution<double>(0, 1)(random_);
        co_await pause(decision_.delay(random));
        break;
    }
    if (is_stopping_) {
        change_state(target_state::ended);
    }
    co_return !is_stopping_ && !is_given_up();
}

/// The reason is written down in the target, too, for the command `status`.
asio::awaitable<void> target_worker::stop_for_good(pgcoro::error why) {
    note_error(why);
    change_state(target_state::stopped, status_.last_error);
    auto db = co_await connect_target(target_, options_);
    if (db) {
        const std::optional<std::string> reason(status_.last_error);
        const auto written = co_await write_reason(db.value(), slot(), reason);
        static_cast<void>(written); // it is told here, too
    }
}

asio::awaitable<void> target_worker::pause(std::chrono::milliseconds duration) {
    timer_.expires_after(duration);
    boost::system::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void target_worker::stop() {
    is_stopping_ = true;
    timer_.cancel();
    if (status_.state == target_state::following) {
        stream_.stop()(asio::detached);
    } else {
        cancel_.emit(asio::cancellation_type::terminal);
    }
}

void target_worker::give_up(std::string why) {
    given_up_because_ = std::move(why);
    timer_.cancel();
    stream_.close();
    db_.close(); // it may wait for a lock
    cancel_.emit(asio::cancellation_type::terminal);
}

bool target_worker::waits_for_drop() const noexcept { return is_given_up() && !is_dropped_ && !is_over(); }

void target_worker::on_drop(const pgcoro::result<>& dropped) {
    if (dropped) {
        is_dropped_ = true;
        timer_.cancel();
        return;
    }
    if (is_stopping_) {
        return; // the next start finds out
    }
    if (const auto text = explain(dropped.error()); text != status_.last_error) { // tell it once
        journal_.event("error", status_.name + ": its slot could not be dropped, and is tried again: " + text,
                       {{"target", status_.name}});
    }
    note_error(dropped.error());
}

task<> target_worker::cancellable_attempt() {
    co_await asio::this_coro::throw_if_cancelled(false);
    has_failed_change_ = false;
    co_return co_await attempt();
}

task<> target_worker::open_target() {
    BOOST_OUTCOME_CO_TRY(db_, co_await connect_target(target_, options_));
    if (last_backend_ != 0) {
        // The network may have hidden from the server that the connection before is gone: it would keep its locks.
        BOOST_OUTCOME_CO_TRY(co_await db_.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and "
                                                  "application_name = 'pgcoro-sync' and usename = current_user",
                                                  last_backend_));
    }
    last_backend_ = db_.backend_pid();
    BOOST_OUTCOME_CO_TRY(co_await lock_target(db_, slot()));
    co_return co_await prepare_bookkeeping(db_);
}

bool target_worker::is_to_copy(const std::optional<kept_state>& before) const {
    const bool is_wanted = std::ranges::find(options_.copy_again, target_.name) != options_.copy_again.end();
    return !before || !before->is_copied || (is_wanted && !was_copied_again_);
}

task<> target_worker::attempt() {
    BOOST_OUTCOME_CO_TRY(co_await open_target());
    BOOST_OUTCOME_CO_TRY(auto state, co_await read_state(db_, slot()));
    const auto config = config_of(options_.source, options_, true);
    BOOST_OUTCOME_CO_TRY(auto connection, co_await pgcoro::connect_replication(executor_, config));
    BOOST_OUTCOME_CO_TRY(const auto source, co_await connection.identify());
    const bool is_same = !state || (state->source_system == source.identifier && state->source_database == source.database);
    if (!is_same) {
        co_return fail(failure::not_ready, "the target has the state of another source: choose another --name");
    }
    if (is_to_copy(state)) {
        BOOST_OUTCOME_CO_TRY(const auto position, co_await copy(state, source));
        was_copied_again_ = true;
        state.emplace();
        state->position = position;
    }
    if (options_.ends_when_copied) {
        co_return pgcoro::success();
    }
    const kept_state from = *state;
    co_return co_await follow(std::move(connection), from);
}

task<pgcoro::lsn> target_worker::copy(const std::optional<kept_state>& before, const pgcoro::system_identity& source) {
    copy_plan plan;
    plan.all = &options_;
    plan.target = target_;
    plan.slot = slot();
    plan.has_slot = before.has_value();
    plan.may_have_rows = before.has_value() || options_.truncates;
    BOOST_OUTCOME_CO_TRY(auto tables, co_await check_tables(db_, plan));
    status_.copy = {};
    status_.copy.tables = tables.size();
    change_state(target_state::copying);
    BOOST_OUTCOME_CO_TRY(co_await begin_copy(db_, slot(), source.identifier, source.database));
    const std::function<void(const pgcoro::initial_copy_progress&)> on_progress =
        [this](const pgcoro::initial_copy_progress& p) {
            status_.copy = {p.tables, p.finished_tables, p.rows, p.estimated_rows};
        };
    BOOST_OUTCOME_CO_TRY(const auto position, co_await copy_tables(db_, plan, std::move(tables), on_progress));
    BOOST_OUTCOME_CO_TRY(co_await end_copy(db_, slot(), position));
    journal_.event("copied", status_.name + ": copied " + std::to_string(status_.copy.rows) + " rows",
                   {{"target", status_.name}, {"rows", status_.copy.rows}});
    co_return position;
}

task<> target_worker::follow(pgcoro::replication_connection connection, const kept_state& from) {
    pgcoro::replication_options how;
    how.publications.push_back(options_.publication);
    how.position = from.position;
    how.answer_timeout = options_.answer_timeout;
    how.status_interval = std::min(how.status_interval, options_.answer_timeout);
    how.backoff.maximum = options_.longest_delay;
    if (options_.ends_when_current) {
        how.status_interval = std::chrono::milliseconds(500);
    }
    how.on_lost = [this](const pgcoro::error& why) {
        note_error(why);
        change_state(target_state::waiting, "the source: " + status_.last_error);
    };
    status_.position = from.position.value;
    status_.counts = from.counts;
    auto started = co_await connection.start(slot(), how);
    if (!started) {
        const bool is_lost = started.error() == pgcoro::sqlstate::undefined_object ||
                             started.error() == pgcoro::sqlstate::object_not_in_prerequisite_state ||
                             started.error() == pgcoro::errc::changes_lost;
        co_return is_lost ? fail(failure::log_lost, "the source does not have the log any more that this target needs (" +
                                                        explain(started.error()) +
                                                        "): copy its tables again, with "
                                                        "--copy-again " +
                                                        target_.name)
                          : started.error();
    }
    stream_ = std::move(started).value();
    BOOST_OUTCOME_CO_TRY(co_await write_reason(db_, slot(), std::nullopt)); // whatever it was, somebody has mended it
    change_state(target_state::following);
    co_return co_await apply_changes(from);
}

task<> target_worker::apply_changes(const kept_state& from) {
    applier_events events;
    events.make_plan = [this](pgcoro::transaction& tx, const replication::table& table) {
        return plan_table(options_, journal_, tx, table);
    };
    events.on_commit = [this, before = from.counts](pgcoro::lsn position, const sync_counts& counts) {
        return on_commit(position, sum(before, counts));
    };
    events.on_idle = [this] { wake_.emit(asio::cancellation_type::total); };
    applier apply(db_, options_, slot(), from.position, std::move(events));
    apply.set_mode(decision_.mode());
    auto done = co_await read_changes(apply);
    has_failed_change_ = !done && apply.has_failed();
    if (!apply.is_idle()) {
        db_.close(); // what is not committed is not wanted any more
        static_cast<void>(co_await apply.wait_until_over());
    }
    co_return done;
}

bool target_worker::is_done(const applier& apply) const {
    return is_stopping_ || (options_.ends_when_current && end_ && apply.position() >= *end_);
}

task<> target_worker::read_changes(applier& apply) {
    for (;;) {
        while (const auto event = stream_.try_next()) {
            if (!apply.try_take(*event)) {
                BOOST_OUTCOME_CO_TRY(co_await take(apply, *event));
            } else if (apply.is_full()) {
                BOOST_OUTCOME_CO_TRY(co_await apply.start_commit());
            }
        }
        // Nothing more has come: many small transactions share one of the target only while it cannot keep up.
        if (apply.is_idle()) {
            BOOST_OUTCOME_CO_TRY(co_await apply.start_commit());
        }
        if (is_stopping_) {
            BOOST_OUTCOME_CO_TRY(co_await commit(apply));
        }
        if (is_done(apply)) {
            co_return pgcoro::success();
        }
        BOOST_OUTCOME_CO_TRY(co_await take_next(apply));
    }
}

/// Waits for an event, or until the target has nothing to do.
task<> target_worker::take_next(applier& apply) {
    auto token = asio::bind_cancellation_slot(wake_.slot(), asio::use_awaitable);
    auto event = co_await stream_.next()(std::move(token));
    if (!event) {
        const bool is_woken = event.error() == asio::error::operation_aborted;
        co_return is_woken || is_stopping_ ? pgcoro::result<>(pgcoro::success()) : pgcoro::result<>(event.error());
    }
    if (status_.state == target_state::waiting) {
        change_state(target_state::following); // the source is there again
    }
    co_return co_await take(apply, event.value());
}

/// Commits when much has come, and before the next call confirms what it must not confirm yet.
task<> target_worker::take(applier& apply, const replication::event& event) {
    BOOST_OUTCOME_CO_TRY(co_await apply.take(event));
    const bool is_keepalive = std::holds_alternative<replication::keepalive>(event);
    if (is_keepalive || is_stopping_) {
        co_return co_await commit(apply);
    }
    if (apply.is_full()) {
        co_return co_await apply.start_commit();
    }
    co_return pgcoro::success();
}

task<> target_worker::commit(applier& apply) {
    BOOST_OUTCOME_CO_TRY(co_await apply.start_commit());
    co_return co_await apply.wait();
}

apply_mode target_worker::on_commit(pgcoro::lsn position, const sync_counts& counts) {
    stream_.confirm(position);
    status_.position = position.value;
    decision_.on_progress(counts.changes - status_.counts.changes);
    status_.counts = counts;
    return decision_.mode();
}

} // namespace data_sync
