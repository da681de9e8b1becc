// SPDX-License-Identifier: BSL-1.0
// Rows about what belongs to a session: its running statement, its settings, its prepared statements.
#include "poolers/numbered.hpp"
#include "poolers/tally.hpp"

#include <pgcoro/pool.hpp>

namespace pgcoro::test {
namespace {

constexpr char sleeping[] = "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(40)%' and "
                            "usename = 'matrix'";

/// Until nothing sleeps any more; false if that takes too long.
task<bool> nothing_sleeps(connection& direct) {
    const auto limit = std::chrono::steady_clock::now() + 5s;
    while (std::chrono::steady_clock::now() < limit) {
        BOOST_OUTCOME_CO_TRY(auto count, co_await direct.fetch_one<std::int64_t>(sleeping));
        if (count == 0) {
            co_return true;
        }
        co_await pause_for(10ms);
    }
    co_return false;
}

} // namespace

/// The statement that is given up ends, nobody else's does, and the connection goes on.
task<verdict> cancelled(const poolers_client& where) {
    BOOST_OUTCOME_CO_TRY(auto direct, co_await connect(where.direct));
    BOOST_OUTCOME_CO_TRY(auto other, co_await connect(where.config()));
    bool is_kept = true;
    std::string closed;
    tally answers;
    for (int turn = 0; turn < 3; ++turn) {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(where.config()));
        auto given_up = co_await c.execute("select pg_sleep(40)").within(300ms);
        if (error_of(given_up) != errc::timed_out) {
            co_return verdict(given_up ? verdict::wrong : verdict::refused, "not given up: " + brief(error_of(given_up)));
        }
        for (int i = 0; i < 20; ++i) {
            answers.note(co_await ask_numbered(other, 1, i), answer_of_numbered(1, i));
        }
        BOOST_OUTCOME_CO_TRY(auto ended, co_await nothing_sleeps(direct));
        if (!ended) {
            co_return verdict(verdict::wrong, "the statement goes on at the server");
        }
        const auto next = co_await ask_numbered(c, 2, turn);
        if (!next) {
            is_kept = false;
            closed = next.error().message();
        } else {
            answers.note(next, answer_of_numbered(2, turn));
        }
    }
    auto seen = answers.verdict_of_all();
    if (seen.what == verdict::right) {
        seen.text = "statement ended" + (is_kept ? ", connection kept" : "; " + closed);
        seen.what = is_kept ? verdict::right : verdict::refused;
    }
    co_return seen;
}

/// A setting made on one borrowed connection is seen there and nowhere else.
task<verdict> settings(const poolers_client& where) {
    pool db(co_await asio::this_coro::executor, where.config(), where.options(2));
    pool others(co_await asio::this_coro::executor, where.config(), where.options(2));
    bool is_lost = false;
    bool is_seen = false;
    {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        const auto made = co_await mine.execute("set work_mem = '77MB'");
        if (!made) {
            co_return verdict(verdict::refused, brief(made.error()));
        }
        for (int i = 0; i < 20; ++i) {
            BOOST_OUTCOME_CO_TRY(auto theirs, co_await others.fetch_one<std::string>("show work_mem"));
            BOOST_OUTCOME_CO_TRY(auto own, co_await mine.fetch_one<std::string>("show work_mem"));
            is_seen = is_seen || theirs == "77MB";
            is_lost = is_lost || own != "77MB";
        }
    }
    for (int i = 0; i < 20; ++i) {
        BOOST_OUTCOME_CO_TRY(auto theirs, co_await db.fetch_one<std::string>("show work_mem"));
        is_seen = is_seen || theirs == "77MB";
    }
    static_cast<void>(co_await db.close(1s));
    static_cast<void>(co_await others.close(1s));
    if (is_lost || is_seen) {
        co_return verdict(verdict::limited, std::string(is_lost ? "lost" : "") + (is_lost && is_seen ? ", " : "") +
                                                (is_seen ? "seen by others" : ""));
    }
    co_return verdict(verdict::right, "kept, not seen by others");
}

/// Prepared statements are used before and after; nothing else may come back but answers or errors.
task<verdict> discarded(const poolers_client& where) {
    tally answers;
    pool db(co_await asio::this_coro::executor, where.config(), where.options(4));
    for (int turn = 0; turn < 5; ++turn) {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        for (int i = 0; i < 10; ++i) {
            answers.note(co_await ask_numbered(mine, i % 4, i), answer_of_numbered(i % 4, i));
        }
        const auto done = co_await mine.execute("discard all");
        if (!done) {
            co_return verdict(verdict::refused, brief(done.error()));
        }
        for (int i = 0; i < 10; ++i) {
            answers.note(co_await ask_numbered(mine, i % 4, i), answer_of_numbered(i % 4, i));
        }
    }
    static_cast<void>(co_await db.close(1s));
    co_return answers.verdict_of_all();
}

} // namespace pgcoro::test
