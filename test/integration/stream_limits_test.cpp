// SPDX-License-Identifier: BSL-1.0
// Deadlines of streams, what comes in between, and what users' code throws while it reads or writes rows.
#include "support/judge.hpp"
#include "support/pooling.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>

namespace {

/// A row that cannot always be read.
struct fragile {
    int value;
};

} // namespace

template <>
struct pgcoro::row_traits<fragile> {
    using columns = std::tuple<int>;
    static fragile make(int value) {
        if (value == 1500) {
            throw std::runtime_error("a decoder's exception");
        }
        return {value};
    }
};

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::row_stream;
using pgcoro::sqlstate;
using pgcoro::task;

asio::awaitable<void> rest(std::chrono::milliseconds how_long) {
    asio::steady_timer timer(co_await asio::this_coro::executor, how_long);
    co_await timer.async_wait(asio::use_awaitable);
}

/// Reads what is left of it; the last number.
task<int> last_of(row_stream<int>& rows) {
    int last = 0;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
        if (chunk.empty()) {
            co_return last;
        }
        last = chunk.back();
    }
}

task<> expect_one(connection& c) {
    BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
    EXPECT_EQ(one, 1);
    EXPECT_EQ(c.transaction_status(), pgcoro::transaction_status::idle);
    co_return success();
}

// The deadline of a statement is that of its opening: how long it is read is its reader's business.
TEST(stream_limits, a_default_for_statements_does_not_end_what_is_read_slowly) {
    pgcoro::connect_config config(shared_server().dsn());
    config.command_timeout(300ms).server_deadlines();
    with_connection(config, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 1000000)"));
        co_await rest(700ms);
        BOOST_OUTCOME_CO_TRY(auto last, co_await last_of(rows));
        EXPECT_EQ(last, 1000000);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
        co_await rest(700ms);
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        EXPECT_EQ(error_of(co_await c.run_script("select 1; select pg_sleep(1000)")), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.run_script("insert into t values (2); insert into t values (3)"));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from t"));
        EXPECT_EQ(n, 3);
        co_return success();
    });
}

TEST(stream_limits, the_server_s_own_limit_ends_what_is_read_slowly) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set statement_timeout = 200"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 10000000)"));
        co_await rest(500ms);
        EXPECT_EQ(error_of(co_await last_of(rows)), sqlstate::query_canceled);
        co_return co_await expect_one(c);
    });
}

TEST(stream_limits, an_opening_has_a_deadline) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        // Its columns may be asked for first. Until the server has answered that, the statement itself is not sent.
        pgcoro::error late;
        for (auto limit = 100ms; !late.outcome_unknown(); limit *= 2) {
            late = error_of(co_await c.stream<int>("select 1 from pg_sleep(1000)").within(limit));
            EXPECT_EQ(late, errc::timed_out);
            EXPECT_NE(late.outcome_unknown(), late.safe_to_retry()) << limit.count() << " ms";
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_one(c));
        const auto past = error_of(co_await c.stream<int>("select 1").within(-1ms));
        EXPECT_EQ(past, errc::timed_out);
        EXPECT_TRUE(past.safe_to_retry());
        co_return co_await expect_one(c);
    });
}

TEST(stream_limits, a_total_limit_ends_what_nobody_reads) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 100000000)"));
        rows.total_within(50ms);
        for (bool open = true; open;) { // until the stream no longer keeps others out
            open = error_of(co_await c.execute("select 1")) == errc::stream_open;
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_EQ(error_of(co_await rows.next()), errc::timed_out);
        co_return co_await expect_one(c);
    });
}

TEST(stream_limits, what_waits_in_front_of_it_is_not_harmed) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        started first(c.fetch_one<int>("select 1 from pg_sleep(0.2)"));
        started late(c.stream<int>("select 1").within(20ms));
        started second(c.fetch_one<int>("select 2"));
        started opened(c.stream<int>("select generate_series(3, 3)"));
        const auto why = error_of(co_await late.get());
        EXPECT_EQ(why, errc::timed_out);
        EXPECT_TRUE(why.safe_to_retry());
        BOOST_OUTCOME_CO_TRY(auto one, co_await first.get());
        BOOST_OUTCOME_CO_TRY(auto two, co_await second.get());
        BOOST_OUTCOME_CO_TRY(auto rows, co_await opened.get());
        BOOST_OUTCOME_CO_TRY(auto three, co_await last_of(rows));
        EXPECT_EQ(one * 100 + two * 10 + three, 123);
        co_return co_await expect_one(c);
    });
}

TEST(stream_limits, notices_and_notifications_do_not_disturb) {
    int notices = 0;
    pgcoro::connect_config config(shared_server().dsn());
    config.on_notice([&](const pgcoro::notice&) { ++notices; });
    with_connection(config, [&](connection& c) -> task<> {
        libpq_session judge(shared_server().dsn());
        BOOST_OUTCOME_CO_TRY(co_await c.execute("listen disturbance"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create function pg_temp.tell(i int) returns int language plpgsql as $$ begin "
                                                "if i % 1000 = 0 then raise notice 'at %', i; end if; return i; end $$"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select pg_temp.tell(i) from generate_series(1, 200000) i"));
        judge.value("notify disturbance");
        BOOST_OUTCOME_CO_TRY(auto last, co_await last_of(rows));
        EXPECT_EQ(last, 200000);
        EXPECT_EQ(notices, 200);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        judge.value("notify disturbance");
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        EXPECT_EQ(tag, "COPY 1");
        co_return co_await expect_one(c);
    });
}

TEST(stream_limits, a_connection_that_is_given_back_ends_its_copy) {
    pgcoro::pool_options options;
    options.max_size = 1;
    with_pool(options, [](pgcoro::pool& pool) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await pool.execute("create table given_back (a int)"));
        BOOST_OUTCOME_CO_TRY(auto lent, co_await pool.acquire());
        const int pid = lent.backend_pid();
        BOOST_OUTCOME_CO_TRY(auto writer, co_await lent.copy_in("copy given_back from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
        lent.release();
        BOOST_OUTCOME_CO_TRY(auto n, co_await pool.fetch_one<std::int64_t>("select count(*) from given_back"));
        EXPECT_EQ(n, 0);
        EXPECT_EQ(error_of(co_await writer.finish()), errc::connection_closed);
        BOOST_OUTCOME_CO_TRY(auto same, co_await pool.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(same, pid);
        // One that has not begun when it is given back begins all the same, as a statement would; it does not stay.
        BOOST_OUTCOME_CO_TRY(auto again, co_await pool.acquire());
        started first(again.execute("select pg_sleep(0.1)"));
        started opened(again.stream<int>("select generate_series(1, 1000000)"));
        again.release();
        BOOST_OUTCOME_CO_TRY(co_await first.get());
        {
            const auto rows = co_await opened.get(); // dropped, if it was opened
        }
        BOOST_OUTCOME_CO_TRY(auto one, co_await pool.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        BOOST_OUTCOME_CO_TRY(co_await pool.execute("drop table given_back"));
        co_return success();
    });
}

TEST(stream_limits, a_transaction_begun_by_hand_on_a_borrowed_connection_goes_on) {
    with_pool(pgcoro::pool_options(), [](pgcoro::pool& pool) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto lent, co_await pool.acquire());
        BOOST_OUTCOME_CO_TRY(co_await lent.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await lent.run_script("create temp table t (a int); insert into t values (1)"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await lent.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("2\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        BOOST_OUTCOME_CO_TRY(co_await lent.execute("commit"));
        BOOST_OUTCOME_CO_TRY(auto n, co_await lent.fetch_one<std::int64_t>("select count(*) from t"));
        EXPECT_EQ(n, 2);
        co_return success();
    });
}

TEST(stream_limits, a_transaction_whose_outcome_is_tracked_may_begin_with_a_copy) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        pgcoro::transaction_options options;
        options.track_outcome = true;
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(options));
        BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
        BOOST_OUTCOME_CO_TRY(auto writer, co_await inner.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        BOOST_OUTCOME_CO_TRY(co_await inner.commit());
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from t"));
        EXPECT_EQ(n, 1);
        co_return success();
    });
}

/// Runs the loop to its end, and counts what it throws.
int exceptions_thrown_by(asio::io_context& loop) {
    for (int thrown = 0;;) {
        try {
            loop.run_for(patience);
            return thrown;
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
}

TEST(stream_limits, a_decoder_that_throws_ends_the_session) {
    asio::io_context loop(1);
    pgcoro::error why;
    std::optional<connection> c;
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto made, co_await pgcoro::connect(shared_server().dsn()));
        c.emplace(std::move(made));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c->stream<fragile>("select generate_series(1, 100000)"));
        while (!why) {
            why = error_of(co_await rows.next_chunk());
        }
        co_return success();
    };
    asio::co_spawn(loop, body, asio::detached);
    EXPECT_EQ(exceptions_thrown_by(loop), 1);
    EXPECT_TRUE(why.connection_lost());
    ASSERT_TRUE(c);
    EXPECT_FALSE(c->is_open());
}

TEST(stream_limits, a_range_that_throws_ends_the_session) {
    asio::io_context loop(1);
    std::optional<pgcoro::error> why;
    std::optional<connection> c;
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto made, co_await pgcoro::connect(shared_server().dsn()));
        c.emplace(std::move(made));
        BOOST_OUTCOME_CO_TRY(co_await c->execute("create temp table t (a int)"));
        auto rows = std::views::iota(0, 100000) | std::views::transform([](int i) {
                        if (i == 50000) {
                            throw std::runtime_error("a range's exception");
                        }
                        return std::tuple<int>(i);
                    });
        const pgcoro::copy_target target("t", {"a"});
        why = error_of(co_await c->copy_in(target, rows));
        co_return success();
    };
    asio::co_spawn(loop, body, asio::detached);
    EXPECT_EQ(exceptions_thrown_by(loop), 1);
    ASSERT_TRUE(why);
    EXPECT_TRUE(why->connection_lost());
    EXPECT_TRUE(why->safe_to_retry());
    EXPECT_FALSE(c->is_open());
}

} // namespace
