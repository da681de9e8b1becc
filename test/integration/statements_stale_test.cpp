// SPDX-License-Identifier: BSL-1.0
// Prepared statements that have become useless: the plan's columns changed, or somebody told the server to forget them. Where
// nothing is lost by it they are prepared anew, and the caller does not notice.
#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/transact.hpp>

#include <functional>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::rowset;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

/// With a connection that has used `select *` from a table of one column and one row; where the parameter is true, one that
/// serves it outside of pipeline mode.
class statements_stale : public testing::TestWithParam<bool> {
protected:
    void with_table(const std::function<task<>(connection&)>& body) {
        with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table changing (a int)"));
            BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into changing values (1)"));
            BOOST_OUTCOME_CO_TRY(co_await rows(c));
            if (GetParam()) {
                BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
            }
            auto outcome = co_await body(c);
            co_return outcome;
        });
    }

    static pgcoro::operation<rowset> rows(connection& c) { return c.fetch("select * from changing"); }
    static pgcoro::operation<pgcoro::command_tag> change(connection& c) {
        return c.execute(unchecked_sql("alter table changing add b int default 2"));
    }
    static pgcoro::operation<long> known(connection& c) {
        return c.fetch_one<long>(unchecked_sql("select count(*) from pg_prepared_statements where statement like '%changing'"));
    }
};

TEST_P(statements_stale, after_the_columns_changed_is_prepared_anew) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(auto found, co_await rows(c));
            EXPECT_EQ(found.columns().size(), 2u);
            EXPECT_EQ(found.size(), 1u);
        }
        BOOST_OUTCOME_CO_TRY(auto kept, co_await known(c));
        EXPECT_EQ(kept, 1);
        co_return success();
    });
}

TEST_P(statements_stale, in_a_transaction_is_the_error_it_is) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        auto refused = co_await rows(c);
        EXPECT_EQ(error_of(refused), sqlstate::feature_not_supported);
        EXPECT_TRUE(error_of(refused).safe_to_retry());
        auto aborted = co_await c.execute("select 1");
        EXPECT_EQ(error_of(aborted), sqlstate::in_failed_sql_transaction);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        BOOST_OUTCOME_CO_TRY(auto found, co_await rows(c));
        EXPECT_EQ(found.columns().size(), 2u);
        co_return success();
    });
}

TEST_P(statements_stale, when_the_transaction_began_in_the_same_pipeline_is_the_error_it_is) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        started begin(c.execute("begin"));
        started stale(rows(c));
        started last(c.execute("rollback"));
        BOOST_OUTCOME_CO_TRY(co_await begin.get());
        auto refused = co_await stale.get();
        EXPECT_EQ(error_of(refused), sqlstate::feature_not_supported);
        BOOST_OUTCOME_CO_TRY(co_await last.get());
        co_return success();
    });
}

// It would otherwise run after what was started later.
TEST_P(statements_stale, with_others_behind_it_that_succeeded_is_not_run_again) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        started stale(rows(c));
        started behind(c.execute("insert into changing values (2)"));
        auto refused = co_await stale.get();
        EXPECT_EQ(error_of(refused), sqlstate::feature_not_supported);
        BOOST_OUTCOME_CO_TRY(co_await behind.get());
        BOOST_OUTCOME_CO_TRY(auto found, co_await rows(c));
        EXPECT_EQ(found.size(), 2u);
        co_return success();
    });
}

TEST_P(statements_stale, many_in_a_row_are_all_prepared_anew_and_in_order) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        std::vector<int> order;
        for (int i = 0; i < 4; ++i) {
            rows(c)([&order, i](const pgcoro::result<rowset>& found) {
                EXPECT_EQ(found ? found.value().columns().size() : 0u, 2u);
                order.push_back(i);
            });
        }
        BOOST_OUTCOME_CO_TRY(auto last, co_await rows(c));
        EXPECT_EQ(last.columns().size(), 2u);
        EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
        co_return success();
    });
}

TEST_P(statements_stale, in_a_batch_runs_the_whole_batch_again) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        BOOST_OUTCOME_CO_TRY(auto r, co_await c.batch(pgcoro::execute("insert into changing values (3)"),
                                                      pgcoro::fetch("select * from changing")));
        auto& [inserted, found] = r;
        EXPECT_EQ(inserted.rows_affected(), 1u);
        EXPECT_EQ(found.columns().size(), 2u);
        EXPECT_EQ(found.size(), 2u) << "inserted once";
        co_return success();
    });
}

TEST_P(statements_stale, in_a_batch_behind_a_commit_is_the_error_it_is) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        auto refused = co_await c.batch(pgcoro::execute("begin"), pgcoro::execute("insert into changing values (3)"),
                                        pgcoro::execute("commit"), pgcoro::fetch("select * from changing"));
        EXPECT_EQ(error_of(refused), sqlstate::feature_not_supported);
        BOOST_OUTCOME_CO_TRY(auto found, co_await rows(c));
        EXPECT_EQ(found.size(), 2u) << "inserted once";
        co_return success();
    });
}

// The large one is still being sent when it is known that the one before has to wait for it.
TEST_P(statements_stale, with_a_large_one_behind_it_lets_that_pass) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        const std::vector<std::string> large(64, std::string(1 << 20, 'x'));
        started stale(rows(c));
        started behind(c.execute_many("insert into changing values (length($1::text))", large));
        auto refused = co_await stale.get();
        EXPECT_EQ(error_of(refused), sqlstate::feature_not_supported);
        BOOST_OUTCOME_CO_TRY(auto inserted, co_await behind.get());
        EXPECT_EQ(inserted.rows_affected(), large.size());
        co_return success();
    });
}

TEST_P(statements_stale, a_deadline_that_passes_while_it_waits_for_those_behind_is_kept) {
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(2)");
    with_table([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        started stale(rows(c).within(200ms));
        started behind(c.execute("select pg_advisory_xact_lock(2)"));
        co_await until_blocked(judge, c);
        auto told = co_await stale.get();
        EXPECT_EQ(error_of(told), errc::timed_out);
        EXPECT_FALSE(behind.is_complete());
        judge.value("select pg_advisory_unlock(2)");
        BOOST_OUTCOME_CO_TRY(co_await behind.get());
        BOOST_OUTCOME_CO_TRY(auto found, co_await rows(c));
        EXPECT_EQ(found.columns().size(), 2u);
        co_return success();
    });
}

TEST_P(statements_stale, after_the_server_forgot_them_are_prepared_anew) {
    with_table([](connection& c) -> task<> {
        for (const char* forget : {"deallocate all", "discard all", "deallocate prepare all"}) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table if not exists changing (a int, b int)"));
            BOOST_OUTCOME_CO_TRY(co_await rows(c));
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql(forget)));
            BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table if not exists changing (a int, b int)"));
            for (int i = 0; i < 3; ++i) {
                auto found = co_await rows(c);
                EXPECT_TRUE(found) << forget << ": " << error_of(found);
            }
            BOOST_OUTCOME_CO_TRY(auto kept, co_await known(c));
            EXPECT_EQ(kept, 1) << forget;
        }
        co_return success();
    });
}

TEST_P(statements_stale, forgotten_in_a_transaction_are_prepared_anew) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("deallocate all")));
        BOOST_OUTCOME_CO_TRY(co_await rows(c));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("commit"));
        co_return success();
    });
}

TEST_P(statements_stale, one_that_the_user_deallocated_by_name_is_prepared_anew) {
    with_table([](connection& c) -> task<> {
        for (int round = 0; round < 2; ++round) {
            BOOST_OUTCOME_CO_TRY(auto name, co_await c.fetch_one<std::string>(unchecked_sql(
                                                "select name from pg_prepared_statements where statement like '%changing'")));
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("deallocate " + name)));
            for (int use = 0; use < 2; ++use) { // sent again unnamed, then prepared
                BOOST_OUTCOME_CO_TRY(auto found, co_await rows(c));
                EXPECT_EQ(found.size(), 1u);
            }
        }
        co_return success();
    });
}

TEST_P(statements_stale, forgotten_ones_with_others_in_the_same_pipeline_are_prepared_anew) {
    with_table([](connection& c) -> task<> {
        started forget(c.execute(unchecked_sql("deallocate all")));
        std::vector<started<rowset>> several;
        for (int i = 0; i < 5; ++i) {
            several.emplace_back(rows(c));
        }
        BOOST_OUTCOME_CO_TRY(co_await forget.get());
        for (const auto& s : several) {
            auto found = co_await s.get();
            EXPECT_TRUE(found) << error_of(found);
        }
        co_return success();
    });
}

TEST_P(statements_stale, a_failed_parse_gives_its_error_to_all_who_wait_for_it) {
    with_table([](connection& c) -> task<> {
        std::vector<started<int>> several;
        for (int i = 0; i < 5; ++i) {
            several.emplace_back(c.fetch_one<int>("select no_such_column from changing"));
        }
        started behind(c.fetch_one<int>("select 7"));
        for (const auto& s : several) {
            auto refused = co_await s.get();
            EXPECT_EQ(error_of(refused), sqlstate::undefined_column);
            EXPECT_EQ(error_of(refused).statement(), "select no_such_column from changing");
        }
        BOOST_OUTCOME_CO_TRY(auto seven, co_await behind.get());
        EXPECT_EQ(seven, 7);
        co_return success();
    });
}

// As if the server forgot it each time anew: EXECUTE of a name nobody has prepared fails with the same SQLSTATE. A sequence
// counts, whatever becomes of its transaction, and has an end, so that one who tries again forever gets another error.
TEST_P(statements_stale, at_the_second_attempt_too_is_the_error_it_is) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp sequence attempts maxvalue 10"));
        auto refused = co_await c.batch(pgcoro::fetch_one<long>("select nextval('attempts')"),
                                        pgcoro::execute("execute nobody_prepared_this"));
        EXPECT_EQ(error_of(refused), sqlstate::invalid_sql_statement_name);
        BOOST_OUTCOME_CO_TRY(auto attempts, co_await c.fetch_one<long>("select last_value from attempts"));
        EXPECT_EQ(attempts, 2);
        co_return success();
    });
}

// The types of parameters are inferred when a statement is prepared, and stay.
TEST_P(statements_stale, after_a_column_got_another_type_its_parameters_are_inferred_anew) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table keys (k text)"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into keys values ('1')"));
        const auto find = [&] { return c.fetch_optional<std::string>("select k::text from keys where k = $1", "1"); };
        for (const char* type : {"int using k::int", "jsonb using to_jsonb(k)", "text using k #>> '{}'"}) {
            BOOST_OUTCOME_CO_TRY(co_await find());
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql(std::string("alter table keys alter k type ") + type)));
            for (int use = 0; use < 3; ++use) {
                auto found = co_await find();
                EXPECT_TRUE(found) << type << ": " << error_of(found);
                EXPECT_TRUE(!found || found.value()) << type;
            }
        }
        co_return success();
    });
}

TEST_P(statements_stale, after_a_function_was_replaced_is_prepared_anew) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(
            co_await c.execute("create function pg_temp.twice(int) returns int language sql as 'select 2 * $1'"));
        const auto call = [&] { return c.fetch_one<std::string>("select pg_temp.twice($1)::text", "4"); };
        BOOST_OUTCOME_CO_TRY(co_await call());
        BOOST_OUTCOME_CO_TRY(co_await c.execute("drop function pg_temp.twice(int)"));
        BOOST_OUTCOME_CO_TRY(
            co_await c.execute("create function pg_temp.twice(text) returns text language sql as 'select $1 || $1'"));
        for (int use = 0; use < 3; ++use) {
            auto found = co_await call();
            EXPECT_TRUE(found) << error_of(found);
            EXPECT_EQ(found ? found.value() : "", "44");
        }
        co_return success();
    });
}

TEST_P(statements_stale, an_error_of_the_statement_itself_is_told_after_a_second_attempt) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("drop table changing"));
        for (int use = 0; use < 3; ++use) {
            auto refused = co_await rows(c);
            EXPECT_EQ(error_of(refused), sqlstate::undefined_table);
            EXPECT_FALSE(error_of(refused).safe_to_retry()) << "the same would happen again";
        }
        co_return success();
    });
}

TEST_P(statements_stale, in_a_transaction_makes_transact_run_its_body_again) {
    with_table([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await change(c));
        int runs = 0;
        const auto body = [&](pgcoro::transaction& tx) -> task<std::size_t> {
            ++runs;
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into changing values (5)"));
            BOOST_OUTCOME_CO_TRY(auto found, co_await tx.fetch("select * from changing"));
            co_return found.size();
        };
        BOOST_OUTCOME_CO_TRY(auto size, co_await pgcoro::transact(c, body));
        EXPECT_EQ(size, 2u) << "inserted once";
        EXPECT_EQ(runs, 2);
        co_return success();
    });
}

// The last answer is not that to a request then: the server has been asked why it is not ready.
TEST(statements_stale_at_last, behind_a_slow_commit_is_prepared_anew) {
    asio::io_context loop(1);
    proxy between(loop, shared_server());
    libpq_session judge(shared_server().dsn());
    judge.value("select pg_advisory_lock(7)");
    const auto body = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        for (const char* const made :
             {"create temp table changing (a int)", "insert into changing values (1)", "create temp table slow (id int)",
              "create function pg_temp.wait() returns trigger language plpgsql as "
              "'begin raise notice ''so that the answer leaves''; perform pg_advisory_xact_lock(7); return null; end'",
              "create constraint trigger slow after insert on slow initially deferred for each row "
              "execute function pg_temp.wait()"}) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql(made)));
        }
        const auto rows = [&] { return c.fetch("select * from changing"); };
        for (int use = 0; use < 2; ++use) { // prepared, the second time at the latest
            BOOST_OUTCOME_CO_TRY(co_await rows());
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("alter table changing add b int default 2")));
        const auto said = between.heard('S');
        started slow(c.execute("insert into slow values (1)"));
        started stale(rows());
        co_await until_true([&] { return between.heard('S') == said + 3; }); // the question
        judge.value("select pg_advisory_unlock(7)");
        BOOST_OUTCOME_CO_TRY(co_await slow.get());
        BOOST_OUTCOME_CO_TRY(auto found, co_await stale.get());
        EXPECT_EQ(found.columns().size(), 2u);
        co_return success();
    };
    run(loop, body);
}

INSTANTIATE_TEST_SUITE_P(in_pipeline_mode, statements_stale, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(alone, statements_stale, testing::Values(true));

} // namespace
