// SPDX-License-Identifier: BSL-1.0
// The server is restarted in the middle of streams, COPY and scripts, as in maintenance and as in a crash.
#include "loaded.hpp"
#include "support/judge.hpp"
#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>

#include <boost/asio/thread_pool.hpp>

#include <iostream>
#include <string>
#include <utility>

namespace {

using namespace pgcoro::test;
using pgcoro::error;
using pgcoro::result;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::shutdown_mode;

enum class outage { fast, immediate, crash };

/// On a thread of its own, for it blocks.
task<> end_and_start(ephemeral_server& server, outage how) {
    if (how == outage::crash) {
        BOOST_OUTCOME_CO_TRY(server.kill());
    } else {
        BOOST_OUTCOME_CO_TRY(server.stop(how == outage::fast ? shutdown_mode::fast : shutdown_mode::immediate));
    }
    BOOST_OUTCOME_CO_TRY(server.start());
    co_return success();
}

/// Reads what is left, and gives how that ended.
template <class Stream>
asio::awaitable<error> end_of(Stream& rows) {
    for (;;) {
        const auto chunk = co_await rows.next_chunk();
        if (!chunk || chunk.value().empty()) {
            co_return error_of(chunk);
        }
    }
}

void expect_true(reports& told, int id, const error& why, const char* what) {
    told.tell(id, result<>(why));
    EXPECT_TRUE(why.connection_lost()) << what << ": " << why;
}

class restarted_streams : public testing::TestWithParam<outage> {};

TEST_P(restarted_streams, are_reported_truly) {
    auto server = ephemeral_server::create().value();
    server.run_sql(reports::table).value();
    reports told;
    run([&]() -> task<> {
        libpq_session judge(server.dsn());
        asio::thread_pool blocking(1);
        pgcoro::pool_options options;
        options.max_size = 10;
        options.retry.maximum = std::chrono::milliseconds(50);
        pgcoro::pool db(co_await asio::this_coro::executor, as_load(server), options);
        // One that waits for data, one whose data is not sent yet, and one in a transaction.
        BOOST_OUTCOME_CO_TRY(auto idle, co_await db.copy_in("copy kept from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await idle.write("1\t1\n"));
        BOOST_OUTCOME_CO_TRY(auto busy, co_await db.copy_in("copy kept from stdin"));
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
        BOOST_OUTCOME_CO_TRY(auto inside, co_await tx.copy_in("copy kept from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await inside.write("3\t1\n"));
        // Paused ones, of which one changes something.
        BOOST_OUTCOME_CO_TRY(auto rows, co_await db.stream<int>("select generate_series(1, 10000000)"));
        BOOST_OUTCOME_CO_TRY(auto changing,
                             co_await db.stream<int>("with i as (insert into kept values (5, 1)) select generate_series(1, "
                                                     "10000000)"));
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await db.copy_out("copy (select generate_series(1, 10000000)) to stdout"));
        started open_script(db.run_script("insert into kept values (7, 1); select pg_sleep(1000)"));
        started done_script(db.run_script("begin; insert into kept values (8, 1); commit; select pg_sleep(1000)"));
        co_await until(judge, "select count(*) = 2 from pg_stat_activity where wait_event = 'PgSleep'");

        BOOST_OUTCOME_CO_TRY(co_await asio::co_spawn(blocking, end_and_start(server, GetParam()), asio::use_awaitable));

        expect_true(told, 1, error_of(co_await idle.finish()), "an idle COPY");
        error why = error_of(co_await busy.write("2\t1\n"));
        if (!why) {
            why = error_of(co_await busy.finish());
        }
        expect_true(told, 2, why, "a busy COPY");
        expect_true(told, 3, error_of(co_await inside.finish()), "a COPY in a transaction");
        expect_true(told, 4, co_await end_of(rows), "a row stream");
        expect_true(told, 5, co_await end_of(changing), "a row stream that changes something");
        why = error();
        while (!why) {
            why = error_of(co_await bytes.read());
        }
        expect_true(told, 6, why, "a COPY to the client");
        expect_true(told, 7, error_of(co_await open_script.get()), "a script");
        expect_true(told, 8, error_of(co_await done_script.get()), "a script that has committed");
        EXPECT_GT(told.unknown(), 0u);

        // The pool goes on, once it has the transaction's connection back.
        {
            const auto ended = std::move(tx);
        }
        BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in("copy kept from stdin"));
        BOOST_OUTCOME_CO_TRY(co_await writer.write("9\t1\n"));
        told.tell(9, co_await writer.finish());
        BOOST_OUTCOME_CO_TRY(co_await db.close());
        co_return success();
    });
    libpq_session judge(server.dsn());
    told.compare(judge, "load");
    std::cout << told.summary() << '\n';
}

INSTANTIATE_TEST_SUITE_P(after, restarted_streams, testing::Values(outage::fast, outage::immediate, outage::crash));

} // namespace
