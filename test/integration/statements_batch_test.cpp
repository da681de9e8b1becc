// SPDX-License-Identifier: BSL-1.0
// Batches: several statements, one round trip, one implicit transaction, a typed result for each.
#include "support/judge.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

class statements_batch : public testing::Test {
protected:
    void with_log(const std::function<task<>(connection&)>& body) {
        libpq_session judge(shared_server().dsn());
        judge.value("drop table if exists log; create table log (id int primary key)");
        with_connection(shared_server().dsn(), body);
        kept_ = judge.value("select string_agg(id::text, ' ' order by id) from log");
    }

    std::string kept_;
};

TEST_F(statements_batch, gives_each_result_its_type) {
    with_log([](connection& c) -> task<> {
        for (int id : {1, 2}) {
            BOOST_OUTCOME_CO_TRY(auto r, co_await c.batch(pgcoro::execute("insert into log values ($1)", id),
                                                          pgcoro::fetch<int>("select id from log order by id"),
                                                          pgcoro::fetch("select id as number from log where id = $1", id),
                                                          pgcoro::fetch_one<long>("select count(*) from log"),
                                                          pgcoro::fetch_optional<std::string>("select 'x' where false")));
            auto& [tag, ids, rows, count, none] = r;
            EXPECT_EQ(tag, "INSERT 0 1");
            EXPECT_EQ(ids.size(), static_cast<std::size_t>(id));
            EXPECT_EQ(rows.columns()[0].name(), "number");
            EXPECT_EQ(count, id);
            EXPECT_FALSE(none);
        }
        co_return success();
    });
    EXPECT_EQ(kept_, "1 2");
}

TEST_F(statements_batch, that_fails_leaves_nothing_and_says_where) {
    with_log([](connection& c) -> task<> {
        auto failed =
            co_await c.batch(pgcoro::execute("insert into log values (1)"), pgcoro::execute("insert into log values (1)"),
                             pgcoro::execute("insert into no_such_table values (2)"));
        EXPECT_EQ(error_of(failed), sqlstate::unique_violation) << "the first error, not the second";
        EXPECT_EQ(error_of(failed).statement(), "insert into log values (1)");
        EXPECT_EQ(error_of(failed).item(), 1u);
        auto later = co_await c.batch(pgcoro::execute("insert into log values (2)"), pgcoro::execute("select 1 / 0"),
                                      pgcoro::fetch_one<long>("select count(*) from log"));
        EXPECT_EQ(error_of(later), sqlstate::division_by_zero);
        EXPECT_EQ(error_of(later).statement(), "select 1 / 0");
        EXPECT_EQ(error_of(later).item(), 1u);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into log values (3)"));
        co_return success();
    });
    EXPECT_EQ(kept_, "3");
}

TEST_F(statements_batch, an_answer_that_cannot_be_read_undoes_nothing) {
    with_log([](connection& c) -> task<> {
        auto unread = co_await c.batch(pgcoro::execute("insert into log values (1)"),
                                       pgcoro::fetch_one<int>("select id from log where false"),
                                       pgcoro::fetch_one<int>("select 'no number'"));
        EXPECT_EQ(error_of(unread), errc::no_rows);
        EXPECT_EQ(error_of(unread).item(), 1u);
        EXPECT_EQ(error_of(unread).statement(), "select id from log where false");
        co_return success();
    });
    EXPECT_EQ(kept_, "1");
}

TEST_F(statements_batch, names_the_statement_that_cannot_be_sent_or_parsed) {
    with_log([](connection& c) -> task<> {
        const std::string with_nul(1, '\0');
        auto unsendable = co_await c.batch(pgcoro::execute("insert into log values (1)"), pgcoro::execute("select 1"),
                                           pgcoro::fetch_one<std::string>("select $1::text", with_nul));
        EXPECT_EQ(error_of(unsendable), errc::invalid_text);
        EXPECT_EQ(error_of(unsendable).item(), 2u);
        auto unknown =
            co_await c.batch(pgcoro::execute("insert into log values (1)"), pgcoro::execute("select no_such_column"));
        EXPECT_EQ(error_of(unknown), sqlstate::undefined_column);
        EXPECT_EQ(error_of(unknown).item(), 1u);
        co_return success();
    });
    EXPECT_EQ(kept_, "");
}

TEST_F(statements_batch, in_a_transaction_is_a_part_of_it) {
    with_log([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await c.batch(pgcoro::execute("insert into log values (1)"), pgcoro::execute("select 1")));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        co_return success();
    });
    EXPECT_EQ(kept_, "");
}

TEST_F(statements_batch, may_hold_one_statement_several_times) {
    with_log([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select")); // names are used once it is known whose session it is
        BOOST_OUTCOME_CO_TRY(auto r, co_await c.batch(pgcoro::fetch_one<int>("select $1::int4", 1),
                                                      pgcoro::fetch_one<int>("select $1::int4", 2)));
        auto& [one, two] = r;
        EXPECT_EQ(one + 10 * two, 21);
        BOOST_OUTCOME_CO_TRY(auto known,
                             co_await c.fetch_one<long>(pgcoro::unchecked_sql(
                                 "select count(*) from pg_prepared_statements where statement = 'select $1::int4'")));
        EXPECT_EQ(known, 1);
        co_return success();
    });
}

TEST_F(statements_batch, of_nothing_is_empty) {
    with_log([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto nothing, co_await c.batch());
        EXPECT_EQ(std::tuple_size_v<decltype(nothing)>, 0u);
        co_return success();
    });
}

} // namespace
