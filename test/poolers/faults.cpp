// SPDX-License-Identifier: BSL-1.0
// Rows about what breaks: a server session that is ended, a pooler that starts anew.
#include "poolers/tally.hpp"
#include "support/started.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pool.hpp>

#include <cstdlib>

namespace pgcoro::test {
namespace {

using id = kept_rows::id;

constexpr auto patience = 15s;

task<> kill_sessions(connection& direct) {
    BOOST_OUTCOME_CO_TRY(
        co_await direct.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'matrix'"));
    co_return boost::outcome_v2::success();
}

task<> until_sleeping(connection& direct) {
    for (std::int64_t count = 0; count == 0;) {
        BOOST_OUTCOME_CO_TRY(count, co_await direct.fetch_one<std::int64_t>(
                                        "select count(*) from pg_stat_activity where state = 'active' and query like "
                                        "'%pg_sleep(20)%' and usename = 'matrix'"));
    }
    co_return boost::outcome_v2::success();
}

/// Inserts until `count` in a row have succeeded; false if that takes too long.
template <class Db>
asio::awaitable<bool> recovers(Db& db, int count, kept_rows& rows, tally& answers) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    for (int in_a_row = 0; in_a_row < count;) {
        if (std::chrono::steady_clock::now() > limit) {
            co_return false;
        }
        const auto row = rows.next();
        const auto outcome = co_await db.execute("insert into kept values ($1)", row).within(5s);
        rows.note(row, error_of(outcome));
        if (outcome) {
            ++in_a_row;
            answers.note_success();
        } else {
            in_a_row = 0;
            answers.note_failure(outcome.error());
            co_await pause_for(50ms);
        }
    }
    co_return true;
}

/// Failures are what is expected here; that they are told truly, and end, is what counts.
verdict verdict_of(const tally& answers) {
    return {verdict::right, answers.failed() == 0 ? "unnoticed" : "recovers after " + answers.errors()};
}

} // namespace

task<verdict> server_session_killed(const poolers_client& where) {
    BOOST_OUTCOME_CO_TRY(auto direct, co_await connect(where.direct));
    BOOST_OUTCOME_CO_TRY(auto rows, co_await kept_rows::make(direct));
    tally answers;
    pool db(co_await asio::this_coro::executor, where.config(), where.options(4));
    const auto body = [&](int) -> asio::awaitable<void> { static_cast<void>(co_await db.execute("select 1")); };
    co_await together(4, body);
    BOOST_OUTCOME_CO_TRY(co_await kill_sessions(direct));
    if (!co_await recovers(db, 20, rows, answers)) {
        co_return verdict(verdict::wrong, "it does not recover: " + answers.errors());
    }
    const auto row = rows.next();
    started running(db.execute("insert into kept select $1 from (select pg_sleep(20)) s", row));
    BOOST_OUTCOME_CO_TRY(co_await until_sleeping(direct));
    BOOST_OUTCOME_CO_TRY(co_await kill_sessions(direct));
    const auto outcome = error_of(co_await running.get());
    rows.note(row, outcome);
    if (!outcome) {
        co_return verdict(verdict::wrong, "a statement that was killed succeeded");
    }
    answers.note_failure(outcome);
    if (!co_await recovers(db, 20, rows, answers)) {
        co_return verdict(verdict::wrong, "it does not recover: " + answers.errors());
    }
    static_cast<void>(co_await db.close(1s));
    co_return co_await rows.compare(direct, verdict_of(answers));
}

task<verdict> pooler_restarted(const poolers_client& where) {
    if (where.restart.empty()) {
        co_return verdict(verdict::limited, "not tried");
    }
    BOOST_OUTCOME_CO_TRY(auto direct, co_await connect(where.direct));
    BOOST_OUTCOME_CO_TRY(auto rows, co_await kept_rows::make(direct));
    tally answers;
    pool db(co_await asio::this_coro::executor, where.config(), where.options(4));
    multiplexer lanes(co_await asio::this_coro::executor, where.config());
    bool works = co_await recovers(db, 4, rows, answers) && co_await recovers(lanes, 4, rows, answers);
    if (std::system(where.restart.c_str()) != 0) {
        co_return verdict(verdict::wrong, "the pooler does not start again");
    }
    works = works && co_await recovers(db, 20, rows, answers) && co_await recovers(lanes, 20, rows, answers);
    if (!works) {
        co_return verdict(verdict::wrong, "it does not recover: " + answers.errors());
    }
    lanes.close();
    static_cast<void>(co_await db.close(1s));
    co_return co_await rows.compare(direct, verdict_of(answers));
}

} // namespace pgcoro::test
