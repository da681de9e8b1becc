// SPDX-License-Identifier: BSL-1.0
// What a multiplexer is for: any number of coroutines, a few connections.
#include "multiplexer_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <set>
#include <tuple>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::multiplexer;
using pgcoro::task;

task<> ask_often(multiplexer& m, int who) {
    for (int i = 0; i < 50; ++i) {
        BOOST_OUTCOME_CO_TRY(auto answer, co_await m.fetch_one<int>("select $1 * 1000 + $2", who, i));
        EXPECT_EQ(answer, who * 1000 + i);
    }
    co_return success();
}

TEST_F(multiplexer_test, many_coroutines_share_a_few_connections) {
    with_multiplexer(config(), lanes(4), [&](multiplexer& m) -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        int running = 64;
        for (int who = 0; who < 64; ++who) {
            asio::co_spawn(executor, ask_often(m, who), [&](std::exception_ptr, pgcoro::result<> r) {
                EXPECT_TRUE(r) << error_of(r);
                --running;
            });
        }
        co_await until_true([&] { return running == 0; });
        EXPECT_EQ(lanes_seen(), "4");
        const auto stats = m.stats();
        EXPECT_EQ(stats.lanes_up, 4u);
        EXPECT_EQ(stats.in_flight + stats.waiting, 0u);
        m.close();
        EXPECT_EQ(m.stats().lanes_up, 0u);
        co_return success();
    });
}

TEST_F(multiplexer_test, takes_every_kind_of_statement) {
    with_multiplexer(config(), lanes(2), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto one, co_await m.execute("insert into ledger values ($1)", 1));
        EXPECT_EQ(one.rows_affected(), 1u);
        const std::vector<int> more{2, 3, 4};
        BOOST_OUTCOME_CO_TRY(auto many, co_await m.execute_many("insert into ledger values ($1)", more));
        EXPECT_EQ(many.rows_affected(), 3u);
        const std::vector<int> no_more;
        BOOST_OUTCOME_CO_TRY(co_await m.execute_many("insert into ledger values ($1)", no_more));
        BOOST_OUTCOME_CO_TRY(auto all, co_await m.fetch<int>("select id from ledger order by id"));
        EXPECT_EQ(all, (std::vector<int>{1, 2, 3, 4}));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await m.fetch("select id from ledger"));
        EXPECT_EQ(rows.size(), 4u);
        BOOST_OUTCOME_CO_TRY(auto none, co_await m.fetch_optional<int>("select id from ledger where id = 9"));
        EXPECT_FALSE(none);
        BOOST_OUTCOME_CO_TRY(auto dynamic, co_await m.fetch_one<int>(pgcoro::unchecked_sql("select max(id) from ledger")));
        EXPECT_EQ(dynamic, 4);
        BOOST_OUTCOME_CO_TRY(auto both, co_await m.batch(pgcoro::execute("delete from ledger where id < $1", 4),
                                                         pgcoro::fetch_one<long>("select count(*) from ledger")));
        EXPECT_EQ(std::get<1>(both), 1);
        co_return success();
    });
}

// Those of other coroutines that have run behind a stale statement do not depend on it: it is sent again all the same.
TEST_F(multiplexer_test, a_change_of_the_schema_fails_nobodys_statement) {
    judge_.value("drop table if exists keys; create table keys (k text); insert into keys values ('1')");
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        const auto find = [&] { return m.fetch_one<std::string>("select k::text from keys where k = $1", "1"); };
        for (const char* type : {"int using k::int", "jsonb using to_jsonb(k)", "text using k #>> '{}'"}) {
            for (int i = 0; i < 8; ++i) {
                BOOST_OUTCOME_CO_TRY(co_await find());
            }
            judge_.value(std::string("alter table keys alter k type ") + type);
            std::vector<started<std::string>> found;
            std::vector<started<int>> others;
            for (int i = 0; i < 20; ++i) {
                found.emplace_back(find());
                others.emplace_back(m.fetch_one<int>("select 2 * $1", i));
            }
            for (int i = 0; i < 20; ++i) {
                auto key = co_await found[static_cast<std::size_t>(i)].get();
                EXPECT_TRUE(key) << type << ": " << error_of(key);
                BOOST_OUTCOME_CO_TRY(auto twice, co_await others[static_cast<std::size_t>(i)].get());
                EXPECT_EQ(twice, 2 * i);
            }
        }
        co_return success();
    });
}

TEST_F(multiplexer_test, each_statement_is_a_transaction_of_its_own) {
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        started first(m.execute("insert into ledger values (1)"));
        started fails(m.fetch_one<int>("select 1 / $1::int", 0));
        started last(m.execute("insert into ledger values (2)"));
        auto failed = co_await fails.get();
        EXPECT_EQ(error_of(failed), pgcoro::sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(co_await first.get());
        BOOST_OUTCOME_CO_TRY(co_await last.get());
        EXPECT_EQ(rows(), "1 2");
        co_return success();
    });
}

TEST_F(multiplexer_test, statements_started_together_spread_over_the_lanes) {
    lock();
    with_multiplexer(config(), lanes(4), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        std::vector<started<pgcoro::command_tag>> waiting;
        for (int i = 0; i < 4; ++i) {
            waiting.emplace_back(m.execute("select pg_advisory_xact_lock(1)"));
        }
        co_await until_blocked(4);
        unlock();
        for (auto& w : waiting) {
            BOOST_OUTCOME_CO_TRY(co_await w.get());
        }
        co_return success();
    });
}

TEST_F(multiplexer_test, a_lane_that_is_busy_is_avoided) {
    lock();
    with_multiplexer(config(), lanes(2), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.fetch_one<int>("select pg_backend_pid() from pg_advisory_xact_lock(1)"));
        co_await until_blocked(1);
        std::set<int> others;
        for (int i = 0; i < 20; ++i) {
            BOOST_OUTCOME_CO_TRY(auto pid, co_await m.fetch_one<int>("select pg_backend_pid()"));
            others.insert(pid);
        }
        EXPECT_FALSE(stuck.is_complete());
        EXPECT_EQ(m.stats().in_flight, 1u);
        unlock();
        BOOST_OUTCOME_CO_TRY(auto pid, co_await stuck.get());
        EXPECT_EQ(others.size(), 1u);
        EXPECT_FALSE(others.contains(pid));
        co_return success();
    });
}

TEST_F(multiplexer_test, connects_nothing_before_it_is_asked) {
    with_multiplexer(config(), lanes(3), [&](multiplexer& m) -> task<> {
        co_await until_sent();
        EXPECT_EQ(lanes_seen(), "0");
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select"));
        co_await until_true([&] { return m.stats().lanes_up == 3; });
        EXPECT_EQ(lanes_seen(), "3");
        co_return success();
    });
}

TEST_F(multiplexer_test, open_gives_when_each_lane_has_been_tried) {
    std::vector<std::size_t> told;
    auto options = lanes(3);
    options.on_connect = [&](std::size_t lane) { told.push_back(lane); };
    with_multiplexer(config(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        EXPECT_EQ(m.stats().lanes_up, 3u);
        EXPECT_EQ(lanes_seen(), "3");
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        EXPECT_EQ(m.stats().connects, 3u);
        co_await until_true([&] { return told.size() == 3; });
        EXPECT_EQ(std::set<std::size_t>(told.begin(), told.end()), (std::set<std::size_t>{0, 1, 2}));
        co_return success();
    });
}

TEST_F(multiplexer_test, one_that_was_moved_from_or_closed_sends_nothing) {
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select"));
        multiplexer other(std::move(m));
        auto moved_from = co_await m.execute("insert into ledger values (1)");
        EXPECT_EQ(error_of(moved_from), errc::connection_closed);
        BOOST_OUTCOME_CO_TRY(co_await other.execute("insert into ledger values (2)"));
        other.close();
        auto closed = co_await other.execute("insert into ledger values (3)");
        EXPECT_EQ(error_of(closed), errc::connection_closed);
        EXPECT_TRUE(error_of(closed).safe_to_retry());
        auto opened = co_await other.open();
        EXPECT_EQ(error_of(opened), errc::connection_closed);
        co_await until(judge_, "select count(*) = 0 from pg_stat_activity where application_name = 'lane'");
        EXPECT_EQ(rows(), "2");
        co_return success();
    });
}

} // namespace
