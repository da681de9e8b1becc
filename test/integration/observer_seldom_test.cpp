// SPDX-License-Identifier: BSL-1.0
// What observers are told where something unusual happens: statements that are sent twice, loops that end, and names that
// nobody wants to know.
#include "observer_fixture.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/row_stream.hpp>

#include <optional>

namespace {

using namespace pgcoro::test;
using pgcoro::call_kind;
using pgcoro::connection;
using pgcoro::task;

class observing_seldom : public testing::Test {
protected:
    void with_observed(const std::function<task<>(connection&)>& body) { with_connection(observed_by(seen), body); }

    std::shared_ptr<recorder> seen = std::make_shared<recorder>();
};

TEST_F(observing_seldom, counts_a_batch_that_was_sent_twice_once) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (n int)"));
        for (int i = 0; i < 3; ++i) {
            if (i == 2) {
                BOOST_OUTCOME_CO_TRY(co_await c.execute("alter table kept add column more text"));
            }
            BOOST_OUTCOME_CO_TRY(
                co_await c.batch(pgcoro::fetch("select generate_series(1, 10)"), pgcoro::fetch("select * from kept")));
            EXPECT_EQ(seen->last().rows, 10u);
            EXPECT_EQ(seen->last().retried, i == 2);
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select from generate_series(1, 3)"));
        EXPECT_EQ(seen->last().rows, 3u);
        co_return success();
    });
}

TEST_F(observing_seldom, a_stream_that_goes_by_copy_is_a_stream) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 100)"));
        for (;;) {
            BOOST_OUTCOME_CO_TRY(const auto row, co_await rows.next());
            if (!row) {
                break;
            }
        }
        EXPECT_EQ(seen->last().kind, call_kind::stream);
        EXPECT_EQ(seen->last().rows, 100u);
        co_return success();
    });
}

TEST_F(observing_seldom, a_transaction_whose_loop_ends_has_an_end) {
    {
        boost::asio::io_context loop;
        std::optional<connection> c;
        pgcoro::connect(loop.get_executor(),
                        observed_by(seen))([&](pgcoro::result<connection> made) { c = std::move(made).value(); });
        loop.run();
        loop.restart();
        c->begin()([&](pgcoro::result<pgcoro::transaction> begun) {
            begun.value().execute("select pg_sleep(100)")([](auto) {});
        }); // and its handle is gone
        loop.run_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(seen->transactions, std::vector<std::string>{"lost 1"});
}

TEST_F(observing_seldom, a_loop_that_ends_leaves_no_trace) {
    // Nobody is told of the end, and nothing leaks: a sanitizer would say so.
    {
        boost::asio::io_context loop;
        std::optional<connection> c;
        pgcoro::connect(loop.get_executor(),
                        observed_by(seen))([&](pgcoro::result<connection> made) { c = std::move(made).value(); });
        loop.run();
        loop.restart();
        c->execute("select pg_sleep(100)")([](auto) {});
        c->fetch("select 1").named("waiting")([](auto) {});
        loop.poll();
    }
    EXPECT_EQ(seen->begun, 2u);
}

TEST_F(observing_seldom, names_cost_nothing_but_memory_where_nobody_observes) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(const int one, co_await c.fetch_one<int>("select 1").named("one"));
        EXPECT_EQ(one, 1);
        {
            auto never_started = c.fetch_one<int>("select 1").named("never");
        }
        {
            auto never_opened = c.stream("select 1").named("never");
        }
        BOOST_OUTCOME_CO_TRY(auto many, co_await c.fetch<int>("select generate_series(1, 1000)").named("many"));
        EXPECT_EQ(many.size(), 1000u);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream("select $1::int", 5).named("row"));
        BOOST_OUTCOME_CO_TRY(const auto row, co_await rows.next());
        EXPECT_TRUE(row);
        BOOST_OUTCOME_CO_TRY(const auto end, co_await rows.next());
        EXPECT_FALSE(end);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (t text)").named("make"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy kept from stdin").named("in"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("x\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy kept to stdout").named("out"));
        BOOST_OUTCOME_CO_TRY(const auto line, co_await reader.read());
        EXPECT_EQ(line.size(), 2u);
        co_return success();
    });
    EXPECT_EQ(seen->begun, 0u);
}

} // namespace
