// SPDX-License-Identifier: BSL-1.0
// What may happen to a session while it lives: another encoding, a FATAL without an end of the connection, notifications, large
// results.
#include "support/hostile_server.hpp"
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <malloc.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// A row that tells when it is read.
struct watched {
    int value;
};

struct row_watch {
    int read = 0;
    int throws_at = -1;
};
row_watch watch;

} // namespace

template <>
struct pgcoro::row_traits<watched> {
    using columns = std::tuple<int>;
    static watched make(int value) {
        ++watch.read;
        if (value == watch.throws_at) {
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
using pgcoro::task;
using pgcoro::unchecked_sql;

// Text.

TEST(other_encoding, a_statement_that_sets_it_is_refused_before_it_is_sent) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto literal = co_await c.execute("set client_encoding to latin1");
        EXPECT_EQ(error_of(literal), errc::invalid_text);
        for (const char* sql : {"set client_encoding = 'latin1'", "SET LOCAL client_encoding TO latin1",
                                "set session client_encoding "
                                "to sql_ascii",
                                "set names 'latin1'", "select set_config('client_encoding', 'latin1', false)"}) {
            auto refused = co_await c.execute(unchecked_sql(sql));
            EXPECT_EQ(error_of(refused), errc::invalid_text) << sql;
            EXPECT_TRUE(error_of(refused).is(pgcoro::error::nothing_sent)) << sql;
        }
        auto batched =
            co_await c.batch(pgcoro::fetch_one<std::string>("select 'ü'"), pgcoro::execute("set client_encoding to latin1"));
        EXPECT_EQ(error_of(batched), errc::invalid_text);
        EXPECT_EQ(error_of(batched).item(), 1u);
        BOOST_OUTCOME_CO_TRY(auto umlaut, co_await c.fetch_one<std::string>("select 'ü'"));
        EXPECT_EQ(umlaut, "ü");
        co_return success();
    });
}

TEST(other_encoding, what_means_utf8_is_allowed) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const char* sql :
             {"set client_encoding to 'UTF8'", "set names 'utf-8'", "reset client_encoding", "show client_encoding",
              "set client_encoding to default", "discard all", "select current_setting('client_encoding')"}) {
            auto done = co_await c.execute(unchecked_sql(sql));
            EXPECT_TRUE(done) << sql << ": " << error_of(done);
        }
        co_return success();
    });
}

// In a block whose text nobody reads: the server tells.
constexpr const char* in_a_block = "do $$ begin perform set_config('client' || '_encoding', 'latin1', false); end $$";

TEST(other_encoding, one_that_a_block_sets_ends_the_session_and_nothing_is_read_in_it) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        started<pgcoro::command_tag> sets(c.execute(unchecked_sql(in_a_block)));
        started<std::string> behind(c.fetch_one<std::string>(unchecked_sql("select 'ü'")));
        auto outcome = co_await sets.get();
        EXPECT_TRUE(error_of(outcome).connection_lost());
        EXPECT_TRUE(error_of(outcome).outcome_unknown());
        auto text = co_await behind.get();
        EXPECT_TRUE(error_of(text).connection_lost());
        EXPECT_FALSE(c.is_open());
        co_return success();
    });
}

TEST(other_encoding, one_that_a_transaction_sets_is_rolled_back_with_it) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto sets = co_await tx.execute(
            unchecked_sql("do $$ begin perform set_config('client' || '_encoding', 'latin1', true); end $$"));
        EXPECT_TRUE(error_of(sets).connection_lost());
        EXPECT_FALSE(error_of(sets).outcome_unknown());
        EXPECT_NE(error_of(sets).message().find("client_encoding"), std::string::npos);
        co_return success();
    });
}

TEST(other_encoding, a_pool_goes_on_with_another_session) {
    pgcoro::pool_options options;
    const auto body = [&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, shared_server().dsn(), options);
        auto sets = co_await db.execute(unchecked_sql(in_a_block));
        EXPECT_TRUE(error_of(sets).connection_lost());
        BOOST_OUTCOME_CO_TRY(auto umlaut, co_await db.fetch_one<std::string>("select $1::text", "ü"));
        EXPECT_EQ(umlaut, "ü");
        co_return success();
    };
    run(body);
}

// Time.

TEST(forever, no_duration_is_too_long) {
    using std::chrono::hours;
    using std::chrono::milliseconds;
    const auto body = []() -> task<> {
        pgcoro::connect_config config(shared_server().dsn());
        config.timeout(milliseconds::max()).attempt_timeout(hours::max()).command_timeout(std::chrono::seconds::max());
        config.cancel_timeout(milliseconds::max());
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(config).within(hours::max()));
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1").within(milliseconds::max()));
        EXPECT_EQ(one, 1);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1").within(std::chrono::nanoseconds::max()));
        auto given_up = co_await c.execute("select pg_sleep(1000)").within(20ms);
        EXPECT_EQ(error_of(given_up), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 2")); // the session was not closed for it
        auto over = co_await c.execute("select 1").within(milliseconds::min());
        EXPECT_EQ(error_of(over), errc::timed_out);
        EXPECT_TRUE(error_of(over).safe_to_retry());
        c.close();

        pgcoro::pool_options options;
        options.acquire_timeout = options.max_lifetime = options.idle_timeout = options.trust_for = milliseconds::max();
        options.validate_after = options.validate_timeout = options.reset_timeout = options.setup_timeout = milliseconds::max();
        options.leak_after = options.slow_acquire_after = options.command_timeout = milliseconds::max();
        options.retry.initial = options.retry.maximum = milliseconds::max();
        pgcoro::pool db(co_await asio::this_coro::executor, config, options);
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await db.execute("set work_mem = '5MB'")); // is cleaned
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await db.close(hours::max()));

        pgcoro::multiplexer_options lanes;
        lanes.deadline = std::chrono::nanoseconds::max();
        lanes.backoff.maximum = milliseconds::max();
        pgcoro::multiplexer m(co_await asio::this_coro::executor, config, lanes);
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select 1"));
        co_return success();
    };
    run(body);
}

TEST(fatal, a_fatal_error_ends_the_statement_even_if_the_line_stays_open) {
    using namespace messages;
    const auto body = []() -> task<> {
        auto& loop = static_cast<asio::io_context&>((co_await asio::this_coro::executor).context());
        hostile_server server(loop, [](victim& client) -> asio::awaitable<void> {
            co_await client.let_in();
            co_await client.answer_with(begun() + failure("57P01", "that is all", "FATAL"));
            co_await client.stay();
        });
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(server.config()));
        started<std::string> first(c.fetch_one<std::string>(unchecked_sql("select 'x'")));
        started<std::string> second(c.fetch_one<std::string>(unchecked_sql("select 'y'")));
        auto ended = co_await first.get();
        EXPECT_EQ(error_of(ended), pgcoro::sqlstate::admin_shutdown);
        EXPECT_TRUE(error_of(ended).connection_lost());
        auto behind = co_await second.get();
        EXPECT_TRUE(error_of(behind).connection_lost());
        EXPECT_FALSE(c.is_open());
        co_return success();
    };
    run(body);
}

// Memory.

/// So much more than before is taken from the heap after 14 000 notifications of 7 kB.
task<> expect_no_pile(const char* listen) {
    BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
    BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql(listen)));
    const auto before = mallinfo2().uordblks;
    for (int i = 0; i < 20; ++i) {
        BOOST_OUTCOME_CO_TRY(
            co_await c.execute("select count(pg_notify('news', n || repeat('x', 7000))) from generate_series(1, 700) n"));
    }
    BOOST_OUTCOME_CO_TRY(co_await c.ping());
    EXPECT_LT(mallinfo2().uordblks, before + 20'000'000) << listen;
    co_return success();
}

TEST(notifications, do_not_pile_up) {
    run([]() -> task<> { co_return co_await expect_no_pile("listen news"); });
}

TEST(notifications, do_not_pile_up_where_a_block_listens) {
    run([]() -> task<> { co_return co_await expect_no_pile("do $$ begin execute 'listen news'; end $$"); });
}

/// Of a statement whose last result was small, it comes in one piece: then it is read in slices.
class large_result : public testing::Test {
protected:
    large_result() { watch = {}; }
    static constexpr int rows = 400'000;

    static auto fetch(connection& c, int count) { return c.fetch<watched>("select n from generate_series(1, $1) n", count); }
    static task<> fetch_one_row(connection& c) {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1")); // the first statement of a session has no name
        BOOST_OUTCOME_CO_TRY(co_await fetch(c, 1));
        watch = {};
        co_return success();
    }
};

TEST_F(large_result, others_have_their_turn_while_it_is_read) {
    for (const bool in_one_piece : {false, true}) {
        watch = {};
        with_connection(shared_server().dsn(), [in_one_piece](connection& c) -> task<> {
            if (in_one_piece) {
                BOOST_OUTCOME_CO_TRY(co_await fetch_one_row(c));
            }
            started<std::vector<watched>> large(fetch(c, rows));
            started<int> behind(c.fetch_one<int>("select 1"));
            int turns = 0;
            while (!large.is_complete()) {
                EXPECT_FALSE(behind.is_complete()) << "the order of statements is that of their handlers";
                turns += watch.read > 0 ? 1 : 0;
                co_await asio::post(asio::use_awaitable);
            }
            EXPECT_GT(turns, 3);
            BOOST_OUTCOME_CO_TRY(auto all, co_await large.get());
            EXPECT_EQ(all.size(), std::size_t{rows});
            EXPECT_EQ(all.back().value, rows);
            EXPECT_EQ(watch.read, rows);
            BOOST_OUTCOME_CO_TRY(auto one, co_await behind.get());
            EXPECT_EQ(one, 1);
            co_return success();
        });
    }
}

TEST_F(large_result, several_of_them_keep_their_order) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        std::vector<int> order;
        const auto note = [&order](int n) { return [&order, n](const auto&) { order.push_back(n); }; };
        c.fetch_one<int>("select 1")(note(1));
        c.fetch<watched>("select n from generate_series(1, 50000) n")(note(2));
        c.fetch_one<int>("select 1")(note(3));
        c.fetch<watched>("select n from generate_series(1, 50000) n")(note(4));
        auto last = co_await c.batch(pgcoro::fetch<watched>("select n from generate_series(1, 50000) n"),
                                     pgcoro::fetch_one<int>("select 5"),
                                     pgcoro::fetch<watched>("select n from generate_series(1, 20000) n"));
        EXPECT_TRUE(last) << error_of(last);
        EXPECT_EQ(order, (std::vector{1, 2, 3, 4}));
        if (last) {
            EXPECT_EQ(std::get<0>(last.value()).size(), 50000u);
            EXPECT_EQ(std::get<2>(last.value()).size(), 20000u);
        }
        co_return success();
    });
}

TEST_F(large_result, it_can_be_given_up_while_it_is_read) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        asio::cancellation_signal signal;
        pgcoro::result<std::vector<watched>> outcome;
        bool told = false;
        BOOST_OUTCOME_CO_TRY(co_await fetch_one_row(c));
        fetch(c, rows)(asio::bind_cancellation_slot(signal.slot(), [&](pgcoro::result<std::vector<watched>> r) {
            outcome = std::move(r);
            told = true;
        }));
        while (watch.read == 0) {
            co_await asio::post(asio::use_awaitable);
        }
        signal.emit(asio::cancellation_type::terminal);
        while (!told) {
            co_await asio::post(asio::use_awaitable);
        }
        EXPECT_EQ(error_of(outcome), asio::error::operation_aborted);
        EXPECT_LT(watch.read, rows);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        co_return success();
    });
}

TEST_F(large_result, a_decoder_that_throws_ends_the_session_as_ever) {
    watch.throws_at = 300'000;
    asio::io_context loop(1);
    std::optional<pgcoro::result<std::vector<watched>>> outcome;
    std::optional<connection> c;
    pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](pgcoro::result<connection> made) {
        c.emplace(std::move(made).value());
        c->fetch<watched>("select n from generate_series(1, 400000) n")(
            [&](pgcoro::result<std::vector<watched>> r) { outcome = std::move(r); });
    });
    EXPECT_THROW(loop.run(), std::runtime_error);
    loop.run();
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(error_of(*outcome).connection_lost());
    EXPECT_FALSE(c->is_open());
}

TEST_F(large_result, it_is_read_to_its_end_after_the_connection_is_closed) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await fetch_one_row(c));
        started<std::vector<watched>> large(fetch(c, rows));
        while (watch.read == 0) {
            co_await asio::post(asio::use_awaitable);
        }
        c.close();
        BOOST_OUTCOME_CO_TRY(auto all, co_await large.get());
        EXPECT_EQ(all.size(), std::size_t{rows});
        co_return success();
    });
}

} // namespace
