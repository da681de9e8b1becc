// SPDX-License-Identifier: BSL-1.0
// How a pool starts, and what it tells of itself.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <source_location>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::task;

TEST(pool_life, nothing_happens_before_the_first_use) {
    pool_options options;
    options.min_size = 2;
    with_pool(named("unused"), options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto stats, co_await db.statistics());
        EXPECT_EQ(stats.connections_num, 0u);
        EXPECT_EQ(stats.pool_min, 2u);
        EXPECT_EQ(stats.pool_max, 10u);
        co_return success();
    });
}

TEST(pool_life, opening_connects_and_fills_it_to_its_minimum) {
    libpq_session judge(shared_server().dsn());
    pool_options options;
    options.min_size = 3;
    with_pool(named("opened"), options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.open());
        EXPECT_NE(judge.value(count_of("opened")), "0");
        co_await until(judge, "select 3 = (" + count_of("opened") + ")");
        co_return success();
    });
}

TEST(pool_life, opening_fails_with_the_first_attempt) {
    with_pool("host=127.0.0.1 port=1", pool_options(), [](pool& db) -> task<> {
        auto outcome = co_await db.open();
        EXPECT_EQ(error_of(outcome), make_error_code(asio::error::connection_refused));
        co_return success();
    });
}

TEST(pool_life, a_connection_is_set_up_before_it_is_lent) {
    pool_options options;
    options.on_connect = [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set search_path = somewhere"));
        co_return success();
    };
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto path, co_await db.fetch_one<std::string>("select current_setting('search_path')"));
        EXPECT_EQ(path, "somewhere");
        co_return success();
    });
}

TEST(pool_life, one_that_cannot_be_set_up_is_a_failed_attempt) {
    pool_options options;
    options.on_connect = [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1 / 0"));
        co_return success();
    };
    with_pool(options, [](pool& db) -> task<> {
        auto outcome = co_await db.open();
        EXPECT_EQ(error_of(outcome), pgcoro::sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(auto stats, co_await db.statistics());
        EXPECT_EQ(stats.connections_errors, 1u);
        co_return success();
    });
}

TEST(pool_life, what_the_set_up_throws_is_the_reason) {
    pool_options options;
    options.on_connect = [](connection&) -> task<> {
        throw std::runtime_error("no such tenant");
        co_return success();
    };
    with_pool(options, [](pool& db) -> task<> {
        auto outcome = co_await db.open();
        EXPECT_EQ(error_of(outcome), errc::hook_failed);
        EXPECT_NE(error_of(outcome).message().find("no such tenant"), std::string::npos) << error_of(outcome);
        co_return success();
    });
}

TEST(pool_life, a_transaction_that_the_set_up_left_open_is_a_failed_attempt) {
    pool_options options;
    options.on_connect = [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        co_return success();
    };
    with_pool(options, [](pool& db) -> task<> {
        auto outcome = co_await db.open();
        EXPECT_EQ(error_of(outcome), errc::hook_failed);
        co_return success();
    });
}

TEST(pool_life, a_transaction_that_the_set_up_has_kept_does_not_lock_the_connection) {
    std::optional<pgcoro::transaction> kept;
    pool_options options;
    options.on_connect = [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        kept.emplace(std::move(tx));
        co_return success();
    };
    with_pool(options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        auto late = co_await kept->execute("select 1");
        EXPECT_EQ(error_of(late), errc::transaction_over);
        kept.reset();
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        co_return success();
    });
}

TEST(pool_life, hooks_are_told_in_order) {
    std::string told;
    pool_options options;
    options.hooks.on_connect = [&](const connection&) { told += "connect "; };
    options.hooks.on_acquire = [&](const connection& c) { told += c.is_open() ? "acquire " : "dead "; };
    options.hooks.on_release = [&](const connection&) { told += "release "; };
    options.hooks.on_close = [&](const connection&) { told += "close"; };
    with_pool(options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        {
            BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
            BOOST_OUTCOME_CO_TRY(co_await mine.execute("select"));
            BOOST_OUTCOME_CO_TRY(co_await mine.execute("select"));
        }
        BOOST_OUTCOME_CO_TRY(co_await db.close());
        EXPECT_EQ(told, "connect acquire release acquire release close");
        co_return success();
    });
}

TEST(pool_life, failed_attempts_are_told_with_their_number) {
    std::vector<int> numbers;
    pool_options options;
    options.retry.initial = 1ms;
    options.acquire_timeout = 60s;
    options.hooks.on_connect_failed = [&](const pgcoro::error& why, int failures) {
        EXPECT_EQ(why, make_error_code(asio::error::connection_refused));
        numbers.push_back(failures);
    };
    with_pool("host=127.0.0.1 port=1", options, [&](pool& db) -> task<> {
        started waiting(db.execute("select"));
        while (numbers.size() < 3) {
            co_await asio::post(asio::use_awaitable);
        }
        BOOST_OUTCOME_CO_TRY(co_await db.close());
        co_return success();
    });
    EXPECT_EQ(std::vector<int>(numbers.begin(), numbers.begin() + 3), (std::vector{1, 2, 3}));
}

TEST(pool_life, it_counts_what_it_does) {
    pool_options options;
    options.max_size = 1;
    with_pool(options, [](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        started queued(db.execute("select"));
        auto in_vain = co_await db.acquire().within(1ms);
        EXPECT_FALSE(in_vain);
        BOOST_OUTCOME_CO_TRY(auto busy, co_await db.pop_statistics());
        EXPECT_EQ(busy.requests_waiting, 1u);
        EXPECT_EQ(busy.pool_available, 0u);
        EXPECT_EQ(busy.requests_num, 4u);
        EXPECT_EQ(busy.requests_queued, 1u) << "the first, who waited for a connection to be made";
        EXPECT_EQ(busy.requests_errors, 1u);
        EXPECT_EQ(busy.connections_num, 1u);
        EXPECT_EQ(busy.connect.count(), 1u);
        mine.release();
        auto done = co_await queued.get();
        EXPECT_TRUE(done);
        BOOST_OUTCOME_CO_TRY(auto after, co_await db.statistics());
        EXPECT_EQ(after.requests_num, 0u) << "counted anew";
        EXPECT_EQ(after.requests_queued, 1u);
        EXPECT_EQ(after.wait.count(), 1u);
        EXPECT_EQ(after.pool_available, 1u);
        co_return success();
    });
}

TEST(pool_life, who_keeps_a_connection_is_reported_with_the_place_where_he_got_it) {
    std::vector<pgcoro::borrower_report> reports;
    pool_options options;
    options.leak_after = 1ms;
    options.hooks.on_leak = [&](const pgcoro::borrower_report& r) { reports.push_back(r); };
    with_pool(options, [&](pool& db) -> task<> {
        const auto here = std::source_location::current();
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        while (reports.empty()) {
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_TRUE(reports[0].where && reports[0].where->line() == here.line() + 1);
        EXPECT_EQ(reports[0].backend_pid, mine.backend_pid());
        co_return success();
    });
    EXPECT_EQ(reports.size(), 1u);
}

TEST(pool_life, opening_it_again_only_looks) {
    with_pool({}, [](pool& db) -> task<> {
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await db.open());
            BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        }
        BOOST_OUTCOME_CO_TRY(const auto counted, co_await db.statistics());
        EXPECT_EQ(counted.connections_num, 1u);
        co_return success();
    });
}

TEST(pool_life, who_waited_long_is_reported) {
    std::vector<pgcoro::borrower_report> reports;
    pool_options options;
    options.max_size = 1;
    options.slow_acquire_after = 1ms;
    with_pool(options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.open());
        co_return success();
    });
    options.hooks.on_slow_acquire = [&](const pgcoro::borrower_report& r) { reports.push_back(r); };
    with_pool(options, [&](pool& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
        reports.clear();
        started waiting(db.execute("select"));
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("select pg_sleep(0.01)"));
        mine.release();
        auto done = co_await waiting.get();
        EXPECT_TRUE(done);
        co_return success();
    });
    EXPECT_EQ(reports.size(), 1u);
    EXPECT_TRUE(!reports.empty() && !reports[0].where && reports[0].duration >= 10ms);
}

} // namespace
