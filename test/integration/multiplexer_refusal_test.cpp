// SPDX-License-Identifier: BSL-1.0
// Statements that change a session are refused before they are sent; what is not seen then is found out and undone.
#include "multiplexer_fixture.hpp"
#include "support/multiplexer_access.hpp"

#include <string_view>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::multiplexer;
using pgcoro::task;
using pgcoro::unchecked_sql;

class multiplexer_refusal : public multiplexer_test {};

TEST_F(multiplexer_refusal, what_changes_a_session_is_refused_before_anything_is_sent) {
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        std::uint64_t refused = 0;
        for (const std::string sql : {"begin",
                                      "start transaction",
                                      "commit",
                                      "rollback",
                                      "end",
                                      "abort",
                                      "savepoint s",
                                      "release s",
                                      "set search_path = shop",
                                      "set local search_path = shop",
                                      "reset all",
                                      "listen news",
                                      "unlisten *",
                                      "copy ledger to stdout",
                                      "declare c cursor with hold for select 1",
                                      "fetch c",
                                      "move c",
                                      "close c",
                                      "prepare p as select 1",
                                      "execute p",
                                      "deallocate p",
                                      "discard all",
                                      "lock ledger",
                                      "load 'auto_explain'",
                                      "create temp table t (id int)",
                                      "create temporary view v as select 1",
                                      "select 1 as id into temp t",
                                      "select pg_advisory_lock(1)",
                                      "select pg_try_advisory_lock_shared(1, 2)",
                                      "select set_config('a.b', 'c', false)",
                                      "create table pg_temp.t (id int)"}) {
            auto r = co_await m.execute(unchecked_sql(sql));
            EXPECT_EQ(error_of(r), errc::not_multiplexable) << sql;
            EXPECT_TRUE(error_of(r).is(pgcoro::error::nothing_sent)) << sql;
            EXPECT_EQ(m.stats().refused, ++refused);
        }
        EXPECT_EQ(lanes_seen(), "0") << "nothing was sent: there is not even a connection";
        co_return success();
    });
}

TEST_F(multiplexer_refusal, literals_parts_of_batches_and_statements_for_many_rows_are_refused_too) {
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        auto literal = co_await m.execute("begin");
        EXPECT_EQ(error_of(literal), errc::not_multiplexable);
        EXPECT_NE(error_of(literal).message().find("\"begin\""), std::string::npos) << error_of(literal);
        auto batch = co_await m.batch(pgcoro::execute("insert into ledger values (1)"),
                                      pgcoro::execute("select pg_advisory_lock($1)", 1));
        EXPECT_EQ(error_of(batch), errc::not_multiplexable);
        EXPECT_NE(error_of(batch).message().find("pg_advisory_lock"), std::string::npos) << error_of(batch);
        const std::vector<int> locks{1, 2};
        auto many = co_await m.execute_many("select pg_advisory_lock($1)", locks);
        EXPECT_EQ(error_of(many), errc::not_multiplexable);
        EXPECT_EQ(lanes_seen(), "0");
        EXPECT_EQ(rows(), "");
        co_return success();
    });
}

TEST_F(multiplexer_refusal, what_only_looks_like_it_is_sent) {
    judge_.value("drop table if exists temp; create table temp (id int)");
    with_multiplexer(config(), lanes(2), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.execute("insert into temp values (1)"));
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select pg_advisory_xact_lock($1)", 2));
        BOOST_OUTCOME_CO_TRY(co_await m.execute("notify news"));
        BOOST_OUTCOME_CO_TRY(auto text, co_await m.fetch_one<std::string>("select 'begin; set_config' -- pg_advisory_lock"));
        EXPECT_EQ(text, "begin; set_config");
        BOOST_OUTCOME_CO_TRY(co_await m.execute(unchecked_sql("drop table temp")));
        EXPECT_EQ(m.stats().refused, 0u);
        co_return success();
    });
}

/// A statement of which the compiler is said to have seen that it is harmless.
pgcoro::operation<pgcoro::command_tag> smuggled(multiplexer& m, std::string_view sql) {
    using call = pgcoro::detail::statement_call<pgcoro::command_tag>;
    return pgcoro::operation<pgcoro::command_tag>(call::make(
        pgcoro::detail::multiplexer_access::session_of(m),
        pgcoro::detail::statement_text(sql, 0, pgcoro::detail::fingerprint_of(sql), true), &pgcoro::detail::decode_tag));
}

TEST_F(multiplexer_refusal, a_transaction_that_got_through_is_undone_and_said_so) {
    std::vector<std::size_t> told;
    auto options = lanes(1);
    options.on_lane_reset = [&](std::size_t lane, const pgcoro::error& why) {
        EXPECT_TRUE(why.connection_lost());
        told.push_back(lane);
    };
    options.on_lane_lost = [](std::size_t, const pgcoro::error& why) { ADD_FAILURE() << why; };
    with_multiplexer(config(), options, [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto before, co_await m.fetch_one<int>("select pg_backend_pid()"));
        started begin(smuggled(m, "begin"));
        started behind(m.execute("insert into ledger values (1)"));
        auto r = co_await begin.get();
        EXPECT_EQ(error_of(r), errc::not_multiplexable);
        EXPECT_TRUE(error_of(r).connection_lost());
        r = co_await behind.get();
        EXPECT_TRUE(error_of(r).connection_lost());
        EXPECT_FALSE(error_of(r).outcome_unknown()) << "it ran inside of the transaction, which is gone";
        BOOST_OUTCOME_CO_TRY(auto after, co_await m.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_NE(after, before);
        BOOST_OUTCOME_CO_TRY(co_await m.execute("insert into ledger values (2)"));
        EXPECT_EQ(rows(), "2");
        co_await until_true([&] { return !told.empty(); });
        EXPECT_EQ(told, std::vector<std::size_t>{0});
        EXPECT_EQ(m.stats().resets, 1u);
        EXPECT_EQ(m.stats().losses, 0u);
        co_return success();
    });
}

// Nobody waits for its result any more, and the lane has nothing else to do.
TEST_F(multiplexer_refusal, a_transaction_is_undone_even_if_its_statement_was_given_up) {
    lock();
    with_multiplexer(config(), lanes(1), [&](multiplexer& m) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await m.execute("select")); // which asks whose session it is: no answer may be left
        started stuck(m.execute("select pg_advisory_xact_lock(1)"));
        co_await until_blocked(1);
        cancellable given_up(smuggled(m, "start transaction"));
        co_await until_sent();
        given_up.cancel();
        unlock();
        BOOST_OUTCOME_CO_TRY(co_await stuck.get());
        co_await until_true([&] { return m.stats().resets == 1 && m.stats().lanes_up == 1; });
        EXPECT_EQ(error_of(given_up.outcome.value()), asio::error::operation_aborted);
        co_return success();
    });
}

} // namespace
