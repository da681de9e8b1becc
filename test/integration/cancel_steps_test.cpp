// SPDX-License-Identifier: BSL-1.0
// Every operation is cancelled at every step of its way: before the first handler runs, after the first, after the second ...
#include "cancel_fixture.hpp"
#include "support/descriptors.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/cursor.hpp>
#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/transact.hpp>
#include <pgcoro/types/enum.hpp>

#include <boost/asio/co_spawn.hpp>

#include <functional>
#include <ostream>
#include <string_view>
#include <vector>

namespace {

enum class mood { low, high };

} // namespace

template <>
struct pgcoro::pg_type<mood> : pgcoro::enum_type<mood> {
    static constexpr std::string_view sql_name = "mood";
    static constexpr pgcoro::enum_label<mood> labels[] = {{mood::low, "low"}, {mood::high, "high"}};
};

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::multiplexer;
using pgcoro::pool;
using pgcoro::result;
using pgcoro::task;

/// All that operations are started on, connected.
struct everything {
    connection one;
    pool many;
    multiplexer shared;
};

struct scenario {
    const char* name;
    std::function<task<>(everything&)> body;
};

void PrintTo(const scenario& s, std::ostream* out) { *out << s.name; }

pgcoro::connect_config named() {
    pgcoro::connect_config where(shared_server().dsn());
    where.application_name("cancelled_at_every_step").cancel_timeout(1h);
    return where;
}

/// Each of them works, and gives its own answers.
task<> expect_usable(everything& all) {
    BOOST_OUTCOME_CO_TRY(auto first, co_await all.one.fetch_one<int>("select 1"));
    BOOST_OUTCOME_CO_TRY(auto second, co_await all.many.fetch_one<int>("select 2"));
    BOOST_OUTCOME_CO_TRY(auto third, co_await all.shared.fetch_one<int>("select 3"));
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 2);
    EXPECT_EQ(third, 3);
    EXPECT_EQ(all.one.transaction_status(), pgcoro::transaction_status::idle);
    co_return success();
}

class cancel_steps : public testing::TestWithParam<scenario> {
protected:
    /// Cancels the operation after so many steps. True if it had ended before.
    static bool had_ended_after(int steps) {
        asio::io_context loop(1);
        std::optional<everything> all;
        const auto connected = [&]() -> task<> {
            pgcoro::pool_options options;
            options.max_size = 2;
            BOOST_OUTCOME_CO_TRY(auto one, co_await pgcoro::connect(named()));
            all.emplace(everything{std::move(one), pool(loop.get_executor(), named(), options),
                                   multiplexer(loop.get_executor(), named())});
            co_return co_await expect_usable(*all);
        };
        complete(loop, connected());
        if (!all) {
            ADD_FAILURE() << "not connected";
            return true;
        }
        asio::cancellation_signal signal;
        int completions = 0;
        bool began = false;
        const auto operation = [&]() -> task<> {
            began = true;
            auto outcome = co_await GetParam().body(*all);
            co_return outcome;
        };
        asio::co_spawn(loop, operation,
                       asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, result<>) { ++completions; }));
        while (!began && loop.run_one() != 0) { // cancelled before, some versions of co_spawn throw out of the loop
        }
        for (int step = 0; step < steps && completions == 0; ++step) {
            loop.run_one();
        }
        const bool had_ended = completions != 0;
        signal.emit(asio::cancellation_type::terminal);
        loop.restart();
        const auto limit = std::chrono::steady_clock::now() + patience;
        while (completions == 0 && loop.run_one_until(limit) != 0) {
        }
        complete(loop, expect_usable(*all));
        all.reset();
        loop.restart();
        loop.run_for(patience);
        EXPECT_TRUE(loop.stopped()) << "something goes on";
        EXPECT_EQ(completions, 1);
        return had_ended;
    }

    /// Lets the loop run until the coroutine has ended, with success.
    static void complete(asio::io_context& loop, task<> body) {
        std::optional<result<>> outcome;
        asio::co_spawn(loop, std::move(body), [&](std::exception_ptr thrown, result<> r) {
            EXPECT_FALSE(thrown);
            outcome = std::move(r);
        });
        const auto limit = std::chrono::steady_clock::now() + patience;
        loop.restart();
        while (!outcome && loop.run_one_until(limit) != 0) {
        }
        ASSERT_TRUE(outcome) << "it hangs";
        EXPECT_TRUE(*outcome) << error_of(*outcome);
    }

    libpq_session judge_{shared_server().dsn()};
};

TEST_P(cancel_steps, one_completion_and_everything_is_usable) {
    judge_.value("create table if not exists stepped (id int)");
    judge_.value("drop type if exists mood; create type mood as enum ('low', 'high')");
    const auto before = open_descriptors();
    int steps = 0;
    for (bool had_ended = false; !had_ended && !HasFailure(); ++steps) {
        ASSERT_LT(steps, 500);
        SCOPED_TRACE("cancelled after " + std::to_string(steps) + " steps");
        had_ended = had_ended_after(steps);
        EXPECT_EQ(descriptors_left(before), before);
    }
    EXPECT_GT(steps, 1) << "or it was cancelled nowhere";
    std::printf("%s: cancelled after 0 to %d steps\n", GetParam().name, steps - 2);
    const auto gone = [&]() -> task<> {
        co_await until(judge_, "select count(*) = 0 from pg_stat_activity where application_name = 'cancelled_at_every_step'");
        co_return success();
    };
    run(gone);
}

task<> insert_twice(pgcoro::transaction& tx) {
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into stepped values (1)"));
    BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
    BOOST_OUTCOME_CO_TRY(co_await inner.execute("insert into stepped values (2)"));
    BOOST_OUTCOME_CO_TRY(co_await inner.commit());
    co_return success();
}

task<> read_and_drop(pgcoro::transaction tx) {
    auto c = tx.cursor<int>("select generate_series(1, 300)");
    BOOST_OUTCOME_CO_TRY(co_await c.fetch(100));
    BOOST_OUTCOME_CO_TRY(co_await c.move(50));
    BOOST_OUTCOME_CO_TRY(co_await c.fetch());
    pgcoro::cursor_options options;
    options.hold = options.scroll = true;
    auto held = tx.cursor(options, "select 'postgres=r/postgres'::aclitem from generate_series(1, 300)");
    BOOST_OUTCOME_CO_TRY(co_await held.fetch(100));
    c = {};
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    BOOST_OUTCOME_CO_TRY(co_await held.fetch(-10));
    BOOST_OUTCOME_CO_TRY(co_await held.close());
    co_return success();
}

task<> commit_twice(pgcoro::transaction tx) {
    BOOST_OUTCOME_CO_TRY(co_await insert_twice(tx));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    co_return success();
}

template <class Db>
task<> stream_and_copy(Db& db) {
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.template stream<int>("select generate_series(1, 3000)"));
    for (bool more = true; more;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
        more = !chunk.empty();
    }
    BOOST_OUTCOME_CO_TRY(auto dropped, co_await db.template stream<int>("select generate_series(1, 1000000)"));
    BOOST_OUTCOME_CO_TRY(co_await dropped.next());
    dropped.close();
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in("copy stepped from stdin"));
    BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n2\n"));
    BOOST_OUTCOME_CO_TRY(co_await writer.finish());
    BOOST_OUTCOME_CO_TRY(auto aborted, co_await db.copy_in("copy stepped from stdin"));
    BOOST_OUTCOME_CO_TRY(co_await aborted.write("1\n2\n"));
    BOOST_OUTCOME_CO_TRY(co_await aborted.abort("enough"));
    co_return success();
}

template <class Db>
task<> copy_out_and_run_script(Db& db) {
    BOOST_OUTCOME_CO_TRY(auto reader, co_await db.copy_out("copy (select generate_series(1, 3000)) to stdout"));
    for (bool more = true; more;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await reader.read());
        more = !bytes.empty();
    }
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("insert into stepped values (3); select 1; insert into stepped values (4)"));
    co_return success();
}

template <class Db>
task<> stream_in_transaction(Db& db) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await copy_out_and_run_script(tx));
    {
        BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
        // It ends with a COPY that is undone, and the savepoint with it.
        BOOST_OUTCOME_CO_TRY(auto writer, co_await inner.copy_in("copy stepped from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n2\n"));
    }
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into stepped values (5)"));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    co_return success();
}

const scenario scenarios[] = {
    {"connect",
     [](everything&) -> task<> {
         BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(named()));
         co_return success();
     }},
    {"execute",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(co_await all.one.execute("insert into stepped values (1)"));
         co_return success();
     }},
    {"fetch",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(co_await all.one.fetch("select generate_series(1, 5000)"));
         BOOST_OUTCOME_CO_TRY(co_await all.one.fetch<int>("select generate_series(1, 5000)"));
         BOOST_OUTCOME_CO_TRY(co_await all.one.fetch_optional<int>("select 1 where false"));
         co_return success();
     }},
    {"a_type_that_has_to_be_looked_up",
     [](everything& all) -> task<> {
         const std::vector<mood> moods{mood::high};
         BOOST_OUTCOME_CO_TRY(co_await all.one.fetch_one<mood>("select $1[1]", moods));
         co_return success();
     }},
    {"batch",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(
             co_await all.one.batch(pgcoro::execute("insert into stepped values (1)"), pgcoro::fetch_one<int>("select 2")));
         co_return success();
     }},
    {"execute_many",
     [](everything& all) -> task<> {
         const std::vector<int> ids(100, 1);
         BOOST_OUTCOME_CO_TRY(co_await all.one.execute_many("insert into stepped values ($1)", ids));
         co_return success();
     }},
    {"ping",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(co_await all.one.ping());
         co_return success();
     }},
    {"transaction",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(auto tx, co_await all.one.begin());
         co_return co_await commit_twice(std::move(tx));
     }},
    {"transact",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(co_await pgcoro::transact(all.one, insert_twice));
         co_return success();
     }},
    {"transact_of_a_pool",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(co_await pgcoro::transact(all.many, insert_twice));
         co_return success();
     }},
    {"statement_of_a_pool",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(co_await all.many.execute("insert into stepped values (1)"));
         co_return success();
     }},
    {"transaction_of_a_pool",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(auto tx, co_await all.many.begin());
         co_return co_await commit_twice(std::move(tx));
     }},
    {"acquire_of_one_that_has_to_be_made",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(auto first, co_await all.many.acquire());
         BOOST_OUTCOME_CO_TRY(auto second, co_await all.many.acquire());
         BOOST_OUTCOME_CO_TRY(co_await second.execute("set work_mem = '5MB'")); // to be cleaned when it comes back
         co_return success();
     }},
    {"life_of_a_pool",
     [](everything&) -> task<> {
         pgcoro::pool_options options;
         options.min_size = 2;
         pool db(co_await asio::this_coro::executor, named(), options);
         BOOST_OUTCOME_CO_TRY(co_await db.open());
         BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
         BOOST_OUTCOME_CO_TRY(co_await db.close());
         co_return success();
     }},
    {"statement_of_a_multiplexer",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(co_await all.shared.execute("insert into stepped values (1)"));
         co_return success();
     }},
    {"life_of_a_multiplexer",
     [](everything&) -> task<> {
         multiplexer m(co_await asio::this_coro::executor, named());
         BOOST_OUTCOME_CO_TRY(co_await m.open());
         BOOST_OUTCOME_CO_TRY(co_await m.execute("select 1"));
         co_return success();
     }},
    {"cursors",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(auto tx, co_await all.one.begin());
         co_return co_await read_and_drop(std::move(tx));
     }},
    {"cursors_of_a_pool",
     [](everything& all) -> task<> {
         BOOST_OUTCOME_CO_TRY(auto tx, co_await all.many.begin());
         co_return co_await read_and_drop(std::move(tx));
     }},
    {"streams", [](everything& all) -> task<> { return stream_and_copy(all.one); }},
    {"streams_of_a_pool", [](everything& all) -> task<> { return stream_and_copy(all.many); }},
    {"copy_and_scripts", [](everything& all) -> task<> { return copy_out_and_run_script(all.one); }},
    {"copy_and_scripts_of_a_pool", [](everything& all) -> task<> { return copy_out_and_run_script(all.many); }},
    {"streams_of_a_transaction", [](everything& all) -> task<> { return stream_in_transaction(all.one); }},
    {"streams_of_a_transaction_of_a_pool", [](everything& all) -> task<> { return stream_in_transaction(all.many); }},
};

INSTANTIATE_TEST_SUITE_P(of, cancel_steps, testing::ValuesIn(scenarios),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

} // namespace
