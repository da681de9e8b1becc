// SPDX-License-Identifier: BSL-1.0
// Back-pressure, and cancelling one of many.
#include "multiplexer_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <cstdio>
#include <exception>
#include <malloc.h>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::multiplexer;
using pgcoro::task;

class multiplexer_limits : public multiplexer_test {
protected:
    /// One lane that takes one statement at a time.
    static pgcoro::multiplexer_options narrow() {
        auto options = lanes(1);
        options.max_in_flight = 1;
        return options;
    }
};

TEST_F(multiplexer_limits, a_lane_gets_no_more_than_it_may) {
    lock();
    with_multiplexer(config(), narrow(), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.execute("select pg_advisory_xact_lock(1)"));
        std::vector<started<int>> answers;
        for (int i = 0; i < 100; ++i) {
            answers.emplace_back(m.fetch_one<int>("select $1 + 1", i));
        }
        EXPECT_EQ(m.stats().in_flight, 1u);
        EXPECT_EQ(m.stats().waiting, 100u);
        co_await until_blocked(1);
        unlock();
        for (int i = 0; i < 100; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await answers[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(answer, i + 1);
        }
        EXPECT_EQ(m.stats().waiting_bytes, 0u);
        co_return success();
    });
}

/// What malloc has handed out; with a sanitizer in between nobody knows.
std::size_t heap_in_use() { return ::mallinfo2().uordblks; }

TEST_F(multiplexer_limits, ten_thousand_coroutines_wait_and_are_served) {
    constexpr int many = 10'000;
    lock();
    with_multiplexer(config(), lanes(4), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        const auto executor = co_await asio::this_coro::executor;
        std::vector<started<int>> stuck; // one on each lane
        for (int i = 0; i < 4; ++i) {
            stuck.emplace_back(m.fetch_one<int>("select 7 from pg_advisory_xact_lock(1)"));
        }
        int begun = 0;
        int right = 0;
        const auto ask = [&](int i) -> task<> {
            ++begun;
            BOOST_OUTCOME_CO_TRY(auto answer, co_await m.fetch_one<int>("select $1 + 1", i));
            right += answer == i + 1 ? 1 : 0;
            co_return success();
        };
        int ended = 0;
        const auto before = heap_in_use();
        for (int i = 0; i < many; ++i) {
            asio::co_spawn(executor, ask(i), [&](std::exception_ptr, pgcoro::result<>) { ++ended; });
        }
        co_await until_true([&] { return begun == many; });
        const auto each = (heap_in_use() - before) / many;
        EXPECT_EQ(ended, 0);
        std::printf("%zu bytes for each coroutine that waits, its frames included\n", each);
        unlock();
        co_await until_true([&] { return ended == many; });
        EXPECT_EQ(right, many);
        co_return success();
    });
}

TEST_F(multiplexer_limits, more_than_may_wait_are_refused_and_not_sent) {
    lock();
    auto options = narrow();
    options.max_waiting = 2;
    with_multiplexer(config(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.execute("select pg_advisory_xact_lock(1)"));
        started first(m.execute("insert into ledger values (1)"));
        started second(m.execute("insert into ledger values (2)"));
        auto third = co_await m.execute("insert into ledger values (3)");
        EXPECT_EQ(error_of(third), errc::overloaded);
        EXPECT_TRUE(error_of(third).safe_to_retry());
        EXPECT_EQ(m.stats().overloaded, 1u);
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await second.get());
        BOOST_OUTCOME_CO_TRY(co_await m.execute("insert into ledger values (4)"));
        EXPECT_EQ(rows(), "1 2 4");
        co_return success();
    });
}

TEST_F(multiplexer_limits, bytes_count_as_well_as_statements) {
    lock();
    auto options = narrow();
    options.max_waiting_bytes = 1000;
    with_multiplexer(config(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.execute("select pg_advisory_xact_lock(1)"));
        started fits(m.fetch_one<int>("select length($1::text)", std::string(900, 'x')));
        auto does_not = co_await m.fetch_one<int>("select length($1::text)", std::string(200, 'x'));
        EXPECT_EQ(error_of(does_not), errc::overloaded);
        auto text_counts = co_await m.execute(pgcoro::unchecked_sql("select " + std::string(200, ' ')));
        EXPECT_EQ(error_of(text_counts), errc::overloaded);
        started small(m.fetch_one<int>("select length($1::text)", "small"));
        EXPECT_GE(m.stats().waiting_bytes, 900u);
        unlock();
        BOOST_OUTCOME_CO_TRY(auto length, co_await fits.get());
        EXPECT_EQ(length, 900);
        BOOST_OUTCOME_CO_TRY(auto five, co_await small.get());
        EXPECT_EQ(five, 5);
        EXPECT_EQ(m.stats().waiting_bytes, 0u);
        co_return success();
    });
}

// A lane whose socket takes no more is full, however few statements it has.
TEST_F(multiplexer_limits, a_server_that_does_not_read_fills_the_queue_and_no_more) {
    constexpr std::size_t size = 1'000'000;
    auto server = pgcoro::testing::ephemeral_server::create().value();
    auto options = lanes(1);
    options.max_waiting_bytes = 2 * size + size / 2;
    with_multiplexer(server.dsn(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        EXPECT_TRUE(server.pause());
        std::vector<started<int>> lengths;
        for (int i = 0; i < 20; ++i) {
            lengths.emplace_back(m.fetch_one<int>("select octet_length($1::text)", std::string(size, 'x')));
        }
        EXPECT_LE(m.stats().in_flight, 2u);
        EXPECT_EQ(m.stats().waiting, 2u);
        EXPECT_TRUE(server.resume());
        std::size_t overloaded = 0;
        for (auto& length : lengths) {
            auto r = co_await length.get();
            overloaded += error_of(r) == errc::overloaded ? 1 : 0;
            EXPECT_TRUE(error_of(r) == errc::overloaded || (r && r.value() == size)) << error_of(r);
        }
        EXPECT_EQ(overloaded, m.stats().overloaded);
        EXPECT_GE(overloaded, 16u);
        co_return success();
    });
}

TEST_F(multiplexer_limits, cancelling_one_in_flight_leaves_the_others_alone) {
    lock();
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.fetch_one<int>("select 7 from pg_advisory_xact_lock(1)"));
        std::vector<started<int>> answers;
        for (int i = 0; i < 10; ++i) {
            answers.emplace_back(m.fetch_one<int>("select $1 + 1", i));
        }
        cancellable given_up(m.execute("insert into ledger values (1)"));
        for (int i = 10; i < 20; ++i) {
            answers.emplace_back(m.fetch_one<int>("select $1 + 1", i));
        }
        co_await until_blocked(1);
        given_up.cancel();
        co_await until_true([&] { return given_up.outcome.has_value(); });
        EXPECT_EQ(error_of(*given_up.outcome), asio::error::operation_aborted);
        EXPECT_TRUE(error_of(*given_up.outcome).outcome_unknown());
        EXPECT_FALSE(stuck.is_complete());
        unlock();
        for (int i = 0; i < 20; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await answers[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(answer, i + 1);
        }
        BOOST_OUTCOME_CO_TRY(auto seven, co_await stuck.get());
        EXPECT_EQ(seven, 7);
        EXPECT_EQ(rows(), "1") << "it was on its way";
        EXPECT_EQ(m.stats().losses, 0u);
        co_return success();
    });
}

TEST_F(multiplexer_limits, cancelling_one_that_waits_takes_it_back) {
    lock();
    with_multiplexer(config(), narrow(), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.open());
        started stuck(m.execute("select pg_advisory_xact_lock(1)"));
        started before(m.execute("insert into ledger values (1)"));
        cancellable given_up(m.execute("insert into ledger values (2)"));
        started behind(m.execute("insert into ledger values (3)"));
        given_up.cancel();
        co_await until_true([&] { return given_up.outcome.has_value(); });
        EXPECT_EQ(error_of(*given_up.outcome), asio::error::operation_aborted);
        EXPECT_TRUE(error_of(*given_up.outcome).safe_to_retry());
        EXPECT_EQ(m.stats().waiting, 2u);
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await before.get());
        BOOST_OUTCOME_CO_TRY(co_await behind.get());
        EXPECT_EQ(rows(), "1 3");
        co_return success();
    });
}

} // namespace
