// SPDX-License-Identifier: BSL-1.0
// Row streams whose rows come by a COPY: with `copy_out<Row>`, and with `stream` where libpq has no chunks of rows. What their
// user is told is the same.
#include "support/judge.hpp"
#include "support/libpq_session.hpp"
#include "support/read_all.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/rows_by_name.hpp>

#include <boost/describe/class.hpp>

#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

using ints = std::vector<int>;

/// Read by name.
struct named_account {
    int id = 0;
    std::string owner;
};
BOOST_DESCRIBE_STRUCT(named_account, (), (id, owner))

TEST(stream_by_copy, reads_rows_by_name_and_in_parts) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto named, co_await c.copy_out<named_account>("select 'x', 'Ann' as owner, 7 as id from "
                                                                            "generate_series(1, 300)"));
        BOOST_OUTCOME_CO_TRY(auto accounts, co_await read_all(named));
        EXPECT_EQ(accounts.size(), 300u);
        EXPECT_EQ(accounts.at(299).id, 7);
        EXPECT_EQ(accounts.at(299).owner, "Ann");
        BOOST_OUTCOME_CO_TRY(auto pairs, co_await c.copy_out<std::tuple<int, std::string, int>>(
                                             "select i, 'n' || i, -i from generate_series(1, 300) i"));
        BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(pairs));
        EXPECT_EQ(all.at(299), std::tuple(300, std::string("n300"), -300));
        co_return pgcoro::success();
    });
}

TEST(stream_by_copy, reads_queries_however_they_end) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const char* const query : {"select 7", " select 7 ; ", "select 7 -- seven", "/* ; */ select 7;;\n", "values (7)",
                                        "with x as (select 7) table x", "select 7 where ';' <> 'into'"}) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.copy_out<int>(unchecked_sql(query)));
            BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(rows));
            EXPECT_EQ(all, ints{7}) << query;
            EXPECT_EQ(rows.tag(), "SELECT 1") << query;
            EXPECT_EQ(rows.columns().size(), 1u);
        }
        co_return pgcoro::success();
    });
}

TEST(stream_by_copy, leaves_to_rows_what_a_copy_cannot_do) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temporary table stock (item int)"));
        BOOST_OUTCOME_CO_TRY(auto added,
                             co_await c.copy_out<int>("with x as (insert into stock values (1), (2) returning item) "
                                                      "select item from x"));
        BOOST_OUTCOME_CO_TRY(auto items, co_await read_all(added));
        EXPECT_EQ(items, (ints{1, 2}));
        BOOST_OUTCOME_CO_TRY(auto locked, co_await c.copy_out<int>("select item from stock order by 1 for no key update"));
        BOOST_OUTCOME_CO_TRY(items, co_await read_all(locked));
        EXPECT_EQ(items, (ints{1, 2}));
        BOOST_OUTCOME_CO_TRY(auto removed, co_await c.copy_out<int>("delete from stock returning item"));
        BOOST_OUTCOME_CO_TRY(items, co_await read_all(removed));
        EXPECT_EQ(removed.tag(), "DELETE 2");
        // A type without binary output.
        BOOST_OUTCOME_CO_TRY(auto rights, co_await c.copy_out<std::string>("select '=r/postgres'::aclitem"));
        BOOST_OUTCOME_CO_TRY(auto printed, co_await read_all(rights));
        EXPECT_EQ(printed, std::vector<std::string>{"=r/postgres"});
        co_return pgcoro::success();
    });
}

TEST(stream_by_copy, reports_errors_in_terms_of_the_query) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const bool by_copy : {false, true}) {
            const auto open = [&](const char* query) {
                return by_copy ? c.copy_out<int>(unchecked_sql(query)) : c.stream<int>(unchecked_sql(query));
            };
            const auto unknown = error_of(co_await open("select wrong"));
            EXPECT_EQ(unknown, sqlstate::undefined_column);
            EXPECT_EQ(unknown.statement(), "select wrong");
            EXPECT_EQ(unknown.position(), 8);
            const auto misfit = error_of(co_await open("select 'a' as letter"));
            EXPECT_EQ(misfit, errc::type_mismatch);
            EXPECT_NE(misfit.message().find("letter"), std::string::npos) << misfit.message();
            BOOST_OUTCOME_CO_TRY(auto rows, co_await open("select 100 / (50000 - i) from generate_series(1, 100000) i"));
            const auto failed = error_of(co_await read_all(rows));
            EXPECT_EQ(failed, sqlstate::division_by_zero);
            EXPECT_EQ(failed.statement(), "select 100 / (50000 - i) from generate_series(1, 100000) i");
            EXPECT_EQ(failed.position(), 0);
        }
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return pgcoro::success();
    });
}

// The columns are asked for first. Binary rows do not say what they are: of other types, they would be read wrong.
TEST(stream_by_copy, is_refused_if_its_columns_have_changed_since_they_were_asked_for) {
    libpq_session judge(shared_server().dsn());
    judge.value("set client_min_messages = warning; drop table if exists moods; drop type if exists mood;"
                "create type mood as enum ('calm', 'tense');"
                "create table moods (mood mood, level int8); insert into moods values ('calm', 4607182418800017408)");
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        // The connection knows nothing of the enumeration, and asks the catalogue, which is locked.
        judge.value("begin; lock table pg_catalog.pg_range");
        started opening(c.copy_out<std::tuple<std::string, std::int64_t>>("select mood, level from moods"));
        co_await until_sent();
        co_await until(judge, "select exists (select from pg_locks where relation = 'pg_catalog.pg_range'::regclass and not "
                              "granted and pid = " +
                                  std::to_string(c.backend_pid()) + ")");
        judge.value("alter table moods alter column level type float8; commit");
        const auto refused = error_of(co_await opening.get());
        EXPECT_EQ(refused, errc::type_mismatch);
        EXPECT_NE(refused.message().find("changed"), std::string::npos) << refused.message();
        BOOST_OUTCOME_CO_TRY(auto again, co_await c.copy_out<std::tuple<std::string, double>>("select mood, level from moods"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await read_all(again));
        EXPECT_EQ(rows.size(), 1u);
        co_return pgcoro::success();
    });
    judge.value("drop table moods; drop type mood");
}

TEST(stream_by_copy, is_how_stream_reads_without_parameters) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<std::string>("select current_query()"));
        BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(rows));
        EXPECT_NE(all.at(0).find("copy (select current_query()"), std::string::npos) << all.at(0);
        BOOST_OUTCOME_CO_TRY(auto with_value, co_await c.stream<std::string>("select current_query() where $1", true));
        BOOST_OUTCOME_CO_TRY(all, co_await read_all(with_value));
        EXPECT_EQ(all.at(0), "select current_query() where $1");
        co_return pgcoro::success();
    });
}

} // namespace
