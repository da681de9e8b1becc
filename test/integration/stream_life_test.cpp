// SPDX-License-Identifier: BSL-1.0
// Streams whose loop, connection, pool or handle ends at any moment, and what else is on the loop meanwhile.
#include "support/judge.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::row_stream;
using pgcoro::sqlstate;
using pgcoro::task;

asio::awaitable<void> forever() {
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

/// Runs so many handlers of a loop on which `body` uses a connection, then destroys the loop. True if `body` had ended by then,
/// or waited for nothing any more. Whatever the loop owned must be gone.
bool ends_after(int steps, const std::function<task<>(connection&)>& body) {
    std::weak_ptr<int> remains;
    bool ended = false;
    {
        asio::io_context loop(1);
        bool is_connected = false;
        const auto connected = [&](std::shared_ptr<int> held) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
            is_connected = true;
            auto outcome = co_await body(c);
            EXPECT_NE(held, nullptr);
            ended = true;
            co_return outcome;
        };
        auto held = std::make_shared<int>();
        remains = held;
        asio::co_spawn(loop, connected(std::move(held)), asio::detached);
        while (!is_connected && loop.run_one() != 0) {
        }
        for (int step = 0; step < steps && !ended; ++step) {
            if (loop.run_one_for(2s) == 0) {
                ended = true;
            }
        }
    }
    EXPECT_TRUE(remains.expired()) << "after " << steps << " steps";
    return ended;
}

void end_at_every_step(const std::function<task<>(connection&)>& body) {
    for (int steps = 0; !ends_after(steps, body); ++steps) {
        ASSERT_LT(steps, 300);
    }
}

TEST(stream_life, the_loop_ends_at_every_step_of_a_row_stream) {
    end_at_every_step([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 3)"));
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
            if (!row) {
                break;
            }
        }
        BOOST_OUTCOME_CO_TRY(co_await rows.next());
        co_return success();
    });
}

TEST(stream_life, the_loop_ends_at_every_step_of_a_failed_row_stream) {
    end_at_every_step([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select 1 / (2000 - i) from generate_series(1, 3000) i"));
        for (int failures = 0; failures < 2;) {
            auto chunk = co_await rows.next_chunk();
            failures += !chunk;
        }
        co_return success();
    });
}

TEST(stream_life, the_loop_ends_at_every_step_of_a_copy_and_of_a_script) {
    end_at_every_step([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("create temp table t (a int); select 1"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n2\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy t to stdout"));
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto bytes, co_await reader.read());
            if (bytes.empty()) {
                break;
            }
        }
        co_return success();
    });
}

TEST(stream_life, the_loop_ends_at_every_step_while_a_stream_is_dropped) {
    end_at_every_step([](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 1000000)"));
            BOOST_OUTCOME_CO_TRY(co_await rows.next());
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        {
            BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n2\n"));
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        co_return success();
    });
}

/// Lets the loop turn until it has had nothing to do for a while.
void settle(asio::io_context& loop) {
    for (int idle = 0; idle < 100; ++idle) {
        if (loop.run_one_for(std::chrono::milliseconds(1)) != 0) {
            idle = 0;
        }
    }
}

// A paused stream waits for nothing: nobody reads from its socket.
TEST(stream_life, the_loop_ends_while_a_stream_is_paused) {
    for (const bool is_copy : {false, true}) {
        std::weak_ptr<int> remains;
        int pid = 0;
        {
            asio::io_context loop(1);
            const auto paused = [&](std::shared_ptr<int> held) -> task<> {
                BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
                pid = c.backend_pid();
                if (is_copy) {
                    BOOST_OUTCOME_CO_TRY(auto reader,
                                         co_await c.copy_out("copy (select generate_series(1, 10000000)) to stdout"));
                    co_await forever();
                } else {
                    BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 10000000)"));
                    co_await forever();
                }
                EXPECT_NE(held, nullptr);
                co_return success();
            };
            auto held = std::make_shared<int>();
            remains = held;
            asio::co_spawn(loop, paused(std::move(held)), asio::detached);
            settle(loop);
        }
        EXPECT_TRUE(remains.expired());
        libpq_session judge(shared_server().dsn());
        const auto gone = "select count(*) = 0 from pg_stat_activity where pid = " + std::to_string(pid);
        run([&]() -> task<> {
            co_await until(judge, gone);
            co_return success();
        });
    }
}

// Nor does it turn in circles: what the socket has for it is left there.
TEST(stream_life, a_paused_stream_leaves_the_loop_alone) {
    asio::io_context loop(1);
    std::optional<connection> c;
    std::optional<row_stream<int>> rows;
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto made, co_await pgcoro::connect(shared_server().dsn()));
        c = std::move(made);
        BOOST_OUTCOME_CO_TRY(auto opened, co_await c->stream<int>("select generate_series(1, 1000000)"));
        rows = std::move(opened);
        co_return success();
    });
    loop.restart();
    const auto handlers = loop.run_for(100ms);
    EXPECT_LT(handlers, 5u);
    loop.restart();
    run(loop, [&]() -> task<> {
        int last = 0;
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows->next_chunk());
            if (chunk.empty()) {
                break;
            }
            last = chunk.back();
        }
        EXPECT_EQ(last, 1000000);
        c.reset();
        co_return success();
    });
}

task<> begin_behind_a_large_result(connection& c) {
    started large(c.fetch<std::string>("select repeat('x', 50) || i from generate_series(1, 400000) i"));
    started opened(c.stream<int>("select generate_series(1, 1000)"));
    started copied(c.copy_out("copy (select 1) to stdout"));
    BOOST_OUTCOME_CO_TRY(auto rows, co_await opened.get());
    EXPECT_TRUE(large.is_complete());
    std::size_t n = 0;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
        if (chunk.empty()) {
            break;
        }
        n += chunk.size();
    }
    EXPECT_EQ(n, 1000u);
    BOOST_OUTCOME_CO_TRY(auto strings, co_await large.get());
    EXPECT_EQ(strings.size(), 400000u);
    BOOST_OUTCOME_CO_TRY(auto reader, co_await copied.get());
    BOOST_OUTCOME_CO_TRY(auto bytes, co_await reader.read());
    EXPECT_EQ(bytes.size(), 2u);
    co_return success();
}

// What is read in slices holds back what is answered behind it.
TEST(stream_life, begins_behind_a_large_result_that_is_being_read) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            // The second time it is not described before.
            BOOST_OUTCOME_CO_TRY(co_await begin_behind_a_large_result(c));
        }
        co_return success();
    });
}
// The server refuses a value for a reason that looks as if the prepared statement were stale.
TEST(stream_life, does_not_begin_again_once_rows_were_given) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (int time = 0; time < 3; ++time) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select i from generate_series(1, 5000) i where "
                                                                   "to_tsquery(case when i = 4000 then 'a b' else 'a' end) is "
                                                                   "not null"));
            int last = 0;
            pgcoro::error why;
            while (!why) {
                auto row = co_await rows.next();
                why = error_of(row);
                if (row) {
                    EXPECT_EQ(row.value(), last + 1);
                    if (row.value() != last + 1) {
                        break;
                    }
                    ++last;
                }
            }
            EXPECT_EQ(why, sqlstate::syntax_error);
        }
        co_return success();
    });
}

TEST(stream_life, a_stale_prepared_statement_is_prepared_anew) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into t select generate_series(1, 1000)"));
        for (const char* const type : {"bigint", "int", "bigint"}) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream("select * from t"));
            std::size_t n = 0;
            for (;;) {
                BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
                if (chunk.empty()) {
                    break;
                }
                n += chunk.size();
            }
            EXPECT_EQ(n, 1000u);
            BOOST_OUTCOME_CO_TRY(co_await c.execute(pgcoro::unchecked_sql(std::string("alter table t alter a type ") + type)));
        }
        co_return success();
    });
}

TEST(stream_life, two_reads_at_once_are_refused) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        libpq_session judge(shared_server().dsn());
        judge.value("select pg_advisory_lock(77)");
        BOOST_OUTCOME_CO_TRY(
            auto rows, co_await c.stream<int>("select case when i = 100000 then length(pg_advisory_lock(77)::text) else i "
                                              "end from generate_series(1, 100000) i"));
        std::size_t n = 0;
        std::optional<started<std::span<int>>> waiting;
        for (;;) {
            waiting.emplace(rows.next_chunk());
            for (int turn = 0; turn < 1000 && !waiting->is_complete(); ++turn) {
                co_await asio::post(asio::use_awaitable);
            }
            if (!waiting->is_complete()) {
                break;
            }
            n += waiting->outcome().value().size();
        }
        EXPECT_EQ(error_of(co_await rows.next()),
                  boost::system::errc::make_error_code(boost::system::errc::operation_in_progress));
        EXPECT_FALSE(waiting->is_complete());
        judge.value("select pg_advisory_unlock(77)");
        BOOST_OUTCOME_CO_TRY(auto last, co_await waiting->get());
        n += last.size();
        while (!last.empty()) {
            BOOST_OUTCOME_CO_TRY(last, co_await rows.next_chunk());
            n += last.size();
        }
        EXPECT_EQ(n, 100000u);
        co_return success();
    });
}

TEST(stream_life, outlives_its_connection_and_its_pool) {
    run([]() -> task<> {
        std::optional<row_stream<int>> rows;
        {
            BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
            BOOST_OUTCOME_CO_TRY(auto opened, co_await c.stream<int>("select generate_series(1, 1000000)"));
            rows = std::move(opened);
        }
        EXPECT_EQ(error_of(co_await rows->next()), errc::connection_closed);
        {
            pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn());
            BOOST_OUTCOME_CO_TRY(auto opened, co_await pool.stream<int>("select generate_series(1, 1000000)"));
            rows = std::move(opened);
        }
        // What the pool has lent comes to its end.
        int last = 0;
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows->next_chunk());
            if (chunk.empty()) {
                break;
            }
            last = chunk.back();
        }
        EXPECT_EQ(last, 1000000);
        co_return success();
    });
}

} // namespace
