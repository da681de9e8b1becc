// SPDX-License-Identifier: BSL-1.0
// execute_many: one statement for many rows of values; all of them or none.
#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <array>
#include <functional>
#include <list>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;

struct item {
    int id = 0;
    std::optional<std::string> name;
};

class statements_many : public testing::Test {
protected:
    void with_items(const std::function<task<>(connection&)>& body) {
        libpq_session judge(shared_server().dsn());
        judge.value("drop table if exists items; create table items (id int primary key, name text)");
        with_connection(shared_server().dsn(), body);
        kept_ = judge.value("select string_agg(id || coalesce(name, '-'), ' ' order by id) from items");
    }

    /// What the server has afterwards: "1a 2-" are rows (1, 'a') and (2, null).
    std::string kept_;
};

TEST_F(statements_many, takes_tuples_pairs_structs_single_values_and_views) {
    with_items([](connection& c) -> task<> {
        const std::vector<std::tuple<int, std::string>> tuples{{1, "a"}, {2, "b"}};
        BOOST_OUTCOME_CO_TRY(auto first, co_await c.execute_many("insert into items values ($1, $2)", tuples));
        EXPECT_EQ(first, "INSERT 0 2");
        EXPECT_EQ(first.rows_affected(), 2u);
        const std::list<std::pair<int, std::string>> pairs{{3, "c"}};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1, $2)", pairs));
        const std::array<item, 2> structs{item{4, "d"}, item{5, std::nullopt}};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1, $2)", structs));
        const std::vector<int> numbers{6, 7};
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1)", numbers));
        const auto made = std::views::iota(8, 10) | std::views::transform([](int i) { return std::pair(i, std::string("e")); });
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1, $2)", made));
        co_return success();
    });
    EXPECT_EQ(kept_, "1a 2b 3c 4d 5- 6- 7- 8e 9e");
}

TEST_F(statements_many, takes_lists_of_parameters) {
    with_items([](connection& c) -> task<> {
        std::vector<pgcoro::parameters> rows(2);
        rows[0].push_back(1);
        rows[0].push_back("a");
        rows[1].push_back(2);
        rows[1].push_back(std::nullopt);
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1, $2)", rows));
        BOOST_OUTCOME_CO_TRY(
            co_await c.execute_many(pgcoro::unchecked_sql("update items set id = id + 10 where id = $1 or $2 = ''"), rows));
        co_return success();
    });
    EXPECT_EQ(kept_, "11a 12-");
}

TEST_F(statements_many, takes_rows_of_other_types_than_the_row_before) {
    with_items([](connection& c) -> task<> {
        std::vector<pgcoro::parameters> rows(4);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].push_back(static_cast<int>(i));
            i % 2 == 0 ? rows[i].push_back(2.5F) : rows[i].push_back(std::int64_t{1});
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1, pg_typeof($2)::text)", rows));
        co_return success();
    });
    EXPECT_EQ(kept_, "0real 1bigint 2real 3bigint");
}

TEST_F(statements_many, one_that_fails_in_the_middle_leaves_none) {
    with_items([](connection& c) -> task<> {
        const std::vector<int> ids{1, 2, 3, 2, 4, 5};
        auto failed = co_await c.execute_many("insert into items values ($1)", ids);
        EXPECT_EQ(error_of(failed), sqlstate::unique_violation);
        EXPECT_EQ(error_of(failed).constraint(), "items_pkey");
        EXPECT_EQ(error_of(failed).statement(), "insert into items values ($1)");
        EXPECT_EQ(error_of(failed).item(), 3u);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into items values (9)"));
        co_return success();
    });
    EXPECT_EQ(kept_, "9-");
}

TEST_F(statements_many, names_the_row_that_cannot_be_sent) {
    with_items([](connection& c) -> task<> {
        std::vector<item> rows{{1, "a"}, {2, "b"}, {3, "c"}};
        rows[2].name->push_back('\0');
        auto unsendable = co_await c.execute_many("insert into items values ($1, $2)", rows);
        EXPECT_EQ(error_of(unsendable), pgcoro::errc::invalid_text);
        EXPECT_TRUE(error_of(unsendable).is(pgcoro::error::nothing_sent));
        EXPECT_EQ(error_of(unsendable).item(), 2u);
        const std::vector<std::string> unreadable{"1", "two"};
        auto refused = co_await c.execute_many("insert into items values ($1::text::int)", unreadable);
        EXPECT_EQ(error_of(refused), sqlstate::invalid_text_representation);
        EXPECT_EQ(error_of(refused).item(), 1u);
        auto typed = co_await c.execute_many("insert into items values ($1)", unreadable); // fails at its Bind
        EXPECT_EQ(error_of(typed), sqlstate::invalid_text_representation);
        EXPECT_EQ(error_of(typed).item(), 1u);
        co_return success();
    });
    EXPECT_EQ(kept_, "");
}

TEST_F(statements_many, names_no_row_where_none_in_particular_failed) {
    with_items([](connection& c) -> task<> {
        const std::vector<int> ids{1, 2};
        auto unknown = co_await c.execute_many("insert into no_such_table values ($1)", ids);
        EXPECT_EQ(error_of(unknown), sqlstate::undefined_table);
        EXPECT_EQ(error_of(unknown).item(), std::nullopt);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table late (id int unique deferrable initially deferred)"));
        const std::vector<int> twice{1, 1};
        auto late = co_await c.execute_many("insert into late values ($1)", twice);
        EXPECT_EQ(error_of(late), sqlstate::unique_violation);
        EXPECT_EQ(error_of(late).item(), std::nullopt);
        auto single = co_await c.execute("select 1 / 0");
        EXPECT_EQ(error_of(single).item(), std::nullopt);
        co_return success();
    });
}

TEST_F(statements_many, of_no_rows_does_nothing) {
    with_items([](connection& c) -> task<> {
        const std::vector<int> none;
        BOOST_OUTCOME_CO_TRY(auto tag, co_await c.execute_many("insert into items values ($1)", none));
        EXPECT_EQ(tag.rows_affected(), 0u);
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1)", none));
        co_return success();
    });
    EXPECT_EQ(kept_, "");
}

TEST_F(statements_many, counts_what_all_rows_affected) {
    with_items([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into items select generate_series(1, 100)"));
        const std::vector<std::pair<int, int>> ranges{{1, 10}, {20, 29}, {200, 300}, {50, 54}, {60, 60}, {70, 79}};
        BOOST_OUTCOME_CO_TRY(auto deleted, co_await c.execute_many("delete from items where id between $1 and $2", ranges));
        EXPECT_EQ(deleted.rows_affected(), 36u);
        EXPECT_EQ(deleted, "DELETE 36");
        BOOST_OUTCOME_CO_TRY(co_await c.execute("delete from items"));
        co_return success();
    });
}

TEST_F(statements_many, in_a_transaction_is_a_part_of_it) {
    with_items([](connection& c) -> task<> {
        const std::vector<int> ids{1, 2};
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("insert into items values ($1)", ids));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        co_return success();
    });
    EXPECT_EQ(kept_, "");
}

// The name has to wait for the answer whose session it is; parsed for each row, it would cost more than that.
TEST(statements_many_trips, the_first_statement_of_a_session_is_parsed_once) {
    asio::io_context loop;
    proxy between(loop, shared_server());
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        const std::vector<int> numbers(100, 7);
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("select $1::int4", numbers));
        EXPECT_EQ(between.heard('P'), 2u); // the question, and the statement
        EXPECT_EQ(between.heard('B'), 101u);
        c.close();
        co_return success();
    });
}

TEST(statements_many_trips, the_first_statement_in_a_transaction_that_has_failed_waits_for_nothing) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        // Text made at run time has no name, and asks nothing.
        BOOST_OUTCOME_CO_TRY(co_await c.execute(pgcoro::unchecked_sql("begin")));
        const auto failed = co_await c.execute(pgcoro::unchecked_sql("select 1 / 0"));
        EXPECT_EQ(error_of(failed), sqlstate::division_by_zero);
        const std::vector<int> numbers(100, 7);
        const auto refused = co_await c.execute_many("select $1::int4", numbers);
        EXPECT_EQ(error_of(refused), sqlstate::in_failed_sql_transaction);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        BOOST_OUTCOME_CO_TRY(co_await c.execute_many("select $1::int4", numbers));
        co_return success();
    });
}

} // namespace
