// SPDX-License-Identifier: BSL-1.0
// What observers are told about the statements of a connection.
#include "observer_fixture.hpp"

#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/cursor.hpp>
#include <pgcoro/oids.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/transact.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::call_kind;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

class observing : public testing::Test {
protected:
    /// Runs `body` on a connection that `seen` observes.
    void with_observed(const std::function<task<>(connection&)>& body) { with_connection(observed_by(seen), body); }

    std::shared_ptr<recorder> seen = std::make_shared<recorder>();
};

TEST_F(observing, tells_what_was_run_and_how_it_ended) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch("select g, $1 from generate_series(1, 3) g", 7).named("three"));
        EXPECT_EQ(rows.size(), 3u);
        const auto fetched = seen->last();
        EXPECT_EQ(fetched.kind, call_kind::fetch);
        EXPECT_EQ(fetched.name, "three");
        EXPECT_EQ(fetched.sql, "select g, $1 from generate_series(1, 3) g");
        EXPECT_EQ(fetched.rows, 3u);
        EXPECT_EQ(fetched.statements, 1u);
        EXPECT_EQ(fetched.types, std::vector<std::uint32_t>{pgcoro::oids::int4});
        EXPECT_EQ(fetched.sent, 4u);
        EXPECT_FALSE(fetched.failure);
        EXPECT_TRUE(fetched.has_connection);
        EXPECT_EQ(fetched.user, shared_server().superuser());
        EXPECT_FALSE(fetched.database.empty());
        EXPECT_GT(fetched.on_wire.count(), 0);
        // Nobody has asked for these.
        EXPECT_EQ(fetched.first_value, "");
        EXPECT_EQ(fetched.received, 0u);

        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (n int unique)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into kept select generate_series(1, 5)"));
        EXPECT_EQ(seen->last().kind, call_kind::execute);
        EXPECT_EQ(seen->last().rows, 5u);
        EXPECT_EQ(seen->last().name, "");

        EXPECT_EQ(error_of(co_await c.execute("insert into kept values (1)")), sqlstate::unique_violation);
        EXPECT_EQ(seen->last().failure, sqlstate::unique_violation);
        EXPECT_EQ(seen->last().failure.table(), "kept");

        BOOST_OUTCOME_CO_TRY(co_await c.ping());
        EXPECT_EQ(seen->last().kind, call_kind::ping);
        EXPECT_EQ(seen->last().statements, 0u);
        EXPECT_EQ(seen->last().sql, "");
        EXPECT_EQ(seen->begun, seen->statements.size());
        co_return success();
    });
    ASSERT_EQ(seen->connects.size(), 1u);
    EXPECT_FALSE(seen->connects.front());
    ASSERT_EQ(seen->disconnects.size(), 1u);
    EXPECT_EQ(seen->disconnects.front(), errc::connection_closed);
}

TEST_F(observing, the_same_text_has_the_same_fingerprint_wherever_it_is_from) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
        const auto of_literal = seen->last().fingerprint;
        BOOST_OUTCOME_CO_TRY(co_await c.execute(pgcoro::unchecked_sql("select 1")));
        EXPECT_EQ(seen->last().fingerprint, of_literal);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select 2"));
        EXPECT_NE(seen->last().fingerprint, of_literal);
        co_return success();
    });
}

TEST_F(observing, values_and_bytes_are_shown_to_those_who_ask_only) {
    const auto curious = std::make_shared<recorder>(true, true);
    auto config = observed_by(seen);
    config.observe(curious).observe(curious).observe(nullptr);
    with_connection(config, [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.fetch("select $1::text, $2::int", "secret", 5));
        EXPECT_EQ(curious->last().first_value, "secret");
        EXPECT_EQ(curious->last().received, 10u);
        EXPECT_EQ(seen->last().first_value, "");
        BOOST_OUTCOME_CO_TRY(co_await c.fetch("select $1::int", 123456));
        EXPECT_EQ(curious->last().first_value, "123456");
        BOOST_OUTCOME_CO_TRY(co_await c.fetch("select $1::int", std::optional<int>()));
        EXPECT_EQ(curious->last().first_value, "NULL");
        EXPECT_EQ(curious->last().received, 0u);
        EXPECT_EQ(curious->statements.size(), 3u); // added twice, told once
        co_return success();
    });
}

TEST_F(observing, knows_the_calls_of_several_statements) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (n int)"));
        std::vector<std::tuple<int>> rows{{1}, {2}, {3}};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into kept values ($1)", rows).named("fill"));
        EXPECT_EQ(seen->last().kind, call_kind::execute_many);
        EXPECT_EQ(seen->last().name, "fill");
        EXPECT_EQ(seen->last().statements, 3u);
        EXPECT_EQ(seen->last().rows, 3u);
        EXPECT_EQ(seen->last().sent, 12u);

        BOOST_OUTCOME_CO_TRY(co_await c.batch(pgcoro::execute("delete from kept where n = 1"),
                                              pgcoro::fetch_one<std::int64_t>("select count(*) from kept")));
        EXPECT_EQ(seen->last().kind, call_kind::batch);
        EXPECT_EQ(seen->last().statements, 2u);
        EXPECT_EQ(seen->last().rows, 2u);

        BOOST_OUTCOME_CO_TRY(co_await c.run_script("delete from kept where n = 2; delete from kept where n = 3"));
        EXPECT_EQ(seen->last().kind, call_kind::script);
        EXPECT_EQ(seen->last().rows, 2u);
        co_return success();
    });
}

TEST_F(observing, tells_of_each_fetch_of_a_cursor) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        auto rows = tx.cursor<std::tuple<int>>("select generate_series(1, 25)");
        std::size_t count = 0;
        for (std::size_t more = 1; more != 0; count += more) {
            BOOST_OUTCOME_CO_TRY(const auto some, co_await rows.fetch(10));
            more = some.size();
        }
        EXPECT_EQ(count, 25u);
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        EXPECT_GE(seen->count(call_kind::cursor), 1u);
        std::uint64_t fetched = 0;
        for (const auto& s : seen->statements) {
            fetched += s.kind == call_kind::cursor ? s.rows : 0;
            EXPECT_TRUE(s.in_transaction);
        }
        EXPECT_EQ(fetched, 25u);
        co_return success();
    });
    EXPECT_EQ(seen->begun, seen->statements.size());
}

TEST_F(observing, tells_the_progress_of_streams_and_copies) {
    with_observed([&](connection& c) -> task<> {
        {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c
                                                .stream("select g, repeat('x', 1000) from generate_series(1, 2000) g "
                                                        "where g > $1",
                                                        0)
                                                .named("many"));
            for (;;) {
                BOOST_OUTCOME_CO_TRY(const auto row, co_await rows.next());
                if (!row) {
                    break;
                }
            }
        }
        EXPECT_EQ(seen->last().kind, call_kind::stream);
        EXPECT_EQ(seen->last().name, "many");
        EXPECT_EQ(seen->last().rows, 2000u);
        EXPECT_GT(seen->progress.size(), 1u);
        EXPECT_TRUE(std::is_sorted(seen->progress.begin(), seen->progress.end()));

        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (t text)"));
        seen->progress.clear();
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy kept from stdin"));
        for (int i = 0; i < 100; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await writer.write(std::string(9999, 'y') + '\n'));
        }
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        EXPECT_EQ(seen->last().kind, call_kind::copy_in);
        EXPECT_EQ(seen->last().rows, 100u);
        EXPECT_EQ(seen->last().sent, 1'000'000u);
        EXPECT_GT(seen->progress.size(), 1u);

        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy kept to stdout"));
        for (;;) {
            BOOST_OUTCOME_CO_TRY(const auto piece, co_await reader.read());
            if (piece.empty()) {
                break;
            }
        }
        EXPECT_EQ(seen->last().kind, call_kind::copy_out);
        EXPECT_EQ(seen->last().received, 1'000'000u);
        EXPECT_EQ(seen->last().rows, 100u);
        co_return success();
    });
    EXPECT_EQ(seen->begun, seen->statements.size());
}

TEST_F(observing, takes_a_stream_that_is_left_early_for_no_failure) {
    with_observed([&](connection& c) -> task<> {
        for (const int first : {0, 1}) { // as a COPY, and as rows
            {
                auto opening = first == 0 ? c.stream<int>("select g from generate_series(1, 10000000) g")
                                          : c.stream<int>("select g from generate_series($1, 10000000) g", first);
                BOOST_OUTCOME_CO_TRY(auto rows, co_await std::move(opening));
                BOOST_OUTCOME_CO_TRY(co_await rows.next());
            }
            BOOST_OUTCOME_CO_TRY(co_await c.execute("select 1"));
            EXPECT_EQ(seen->statements.at(seen->statements.size() - 2).kind, call_kind::stream);
            EXPECT_FALSE(seen->statements.at(seen->statements.size() - 2).failure)
                << seen->statements.at(seen->statements.size() - 2).failure;
        }
        {
            BOOST_OUTCOME_CO_TRY(auto rows,
                                 co_await c.stream<int>("select 100 / (50000 - g) from generate_series(1, 100000) g"));
            BOOST_OUTCOME_CO_TRY(co_await rows.next());
            while (const auto row = co_await rows.next()) {
            }
        }
        EXPECT_EQ(seen->last().failure, sqlstate::division_by_zero);
        co_return success();
    });
    EXPECT_EQ(seen->begun, seen->statements.size());
}

TEST_F(observing, tells_how_transactions_end) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (n int unique deferrable initially deferred)"));
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into kept values (1)"));
            EXPECT_TRUE(seen->last().in_transaction);
            BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
            BOOST_OUTCOME_CO_TRY(co_await inner.execute("select 1"));
            BOOST_OUTCOME_CO_TRY(co_await inner.commit());
            EXPECT_TRUE(seen->transactions.empty()); // a savepoint is none
            BOOST_OUTCOME_CO_TRY(co_await tx.commit());
            EXPECT_EQ(seen->last().kind, call_kind::commit);
        }
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
            BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
            EXPECT_EQ(seen->last().kind, call_kind::rollback);
        }
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        }
        BOOST_OUTCOME_CO_TRY(co_await c.ping()); // behind the ROLLBACK of the handle that was dropped
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            EXPECT_EQ(error_of(co_await tx.execute("select 1 / 0")), sqlstate::division_by_zero);
            EXPECT_EQ(error_of(co_await tx.commit()), errc::transaction_rolled_back);
        }
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into kept values (1)"));
            EXPECT_EQ(error_of(co_await tx.commit()), sqlstate::unique_violation);
        }
        const std::vector<std::string> expected{"committed 1", "rolled_back 1", "rolled_back 1", "rolled_back 1",
                                                "rolled_back 1"};
        EXPECT_EQ(seen->transactions, expected);
        BOOST_OUTCOME_CO_TRY(auto lost, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await lost.execute("select 1"));
        EXPECT_FALSE(co_await lost.execute("select pg_terminate_backend(pg_backend_pid())"));
        EXPECT_EQ(seen->transactions.back(), "lost 1");
        co_return success();
    });
}

TEST_F(observing, counts_the_attempts_of_transact) {
    with_observed([&](connection& c) -> task<> {
        int attempts = 0;
        pgcoro::transact_options options;
        options.backoff.initial = std::chrono::milliseconds(1);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::transact(
            c,
            [&](pgcoro::transaction& tx) -> task<> {
                BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
                if (++attempts < 3) {
                    BOOST_OUTCOME_CO_TRY(co_await tx.execute("do $$ begin raise serialization_failure; end $$"));
                }
                co_return success();
            },
            options));
        co_return success();
    });
    const std::vector<std::string> expected{"rolled_back 1", "rolled_back 2", "committed 3"};
    EXPECT_EQ(seen->transactions, expected);
}

TEST_F(observing, tells_of_statements_that_were_given_up) {
    with_observed([&](connection& c) -> task<> {
        EXPECT_EQ(error_of(co_await c.execute("select pg_sleep(100)").within(std::chrono::milliseconds(50))), errc::timed_out);
        EXPECT_EQ(seen->last().failure, errc::timed_out);
        EXPECT_TRUE(seen->last().failure.outcome_unknown());
        EXPECT_EQ(error_of(co_await c.execute("select 1").within(std::chrono::milliseconds(-1))), errc::timed_out);
        EXPECT_EQ(seen->last().failure, errc::timed_out); // it was never sent
        BOOST_OUTCOME_CO_TRY(co_await c.ping());
        EXPECT_EQ(seen->begun, 3u);
        EXPECT_EQ(seen->statements.size(), 3u);
        co_return success();
    });
}

TEST_F(observing, tells_of_a_statement_that_was_sent_twice) {
    with_observed([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table kept (n int)"));
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await c.fetch("select * from kept"));
            EXPECT_FALSE(seen->last().retried);
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("alter table kept add column more text"));
        BOOST_OUTCOME_CO_TRY(co_await c.fetch("select * from kept"));
        EXPECT_TRUE(seen->last().retried);
        EXPECT_FALSE(seen->last().failure);
        co_return success();
    });
}

TEST_F(observing, is_told_of_connections_that_fail) {
    auto config = observed_by(seen);
    config.database("no_such_database");
    run([&]() -> task<> {
        EXPECT_EQ(error_of(co_await pgcoro::connect(config)), sqlstate::invalid_catalog_name);
        co_return success();
    });
    ASSERT_EQ(seen->connects.size(), 1u);
    EXPECT_EQ(seen->connects.front(), sqlstate::invalid_catalog_name);
}

TEST_F(observing, at_most_eight_observers) {
    pgcoro::connect_config config(shared_server().dsn());
    for (int i = 0; i < 8; ++i) {
        config.observe(std::make_shared<recorder>());
    }
    EXPECT_TRUE(config.check());
    config.observe(std::make_shared<recorder>());
    EXPECT_EQ(error_of(config.check()), errc::invalid_configuration);
}

} // namespace
