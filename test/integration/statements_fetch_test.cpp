// SPDX-License-Identifier: BSL-1.0
// execute, fetch, fetch_one and fetch_optional: what they give, and what they refuse.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::task;
using pgcoro::unchecked_sql;

struct user {
    int id = 0;
    std::string name;
    std::optional<std::string> email;
};

class statements_fetch : public testing::Test {
protected:
    /// With a connection that has a table of three users; every statement of the test runs in a pipeline, and once more alone.
    void with_users(const std::function<task<>(connection&)>& body) {
        for (const bool alone : {false, true}) {
            SCOPED_TRACE(alone ? "alone" : "in a pipeline");
            with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
                BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table users (id int, name text, email text)"));
                BOOST_OUTCOME_CO_TRY(co_await c.execute("insert into users values (1, 'ann', 'a@x.org'), (2, 'bob', null), "
                                                        "(3, 'cem', '')"));
                if (alone) {
                    BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
                }
                auto outcome = co_await body(c);
                co_return outcome;
            });
        }
    }
};

TEST_F(statements_fetch, execute_gives_the_tag) {
    with_users([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto updated, co_await c.execute("update users set name = name || $1 where id > $2", "!", 1));
        EXPECT_EQ(updated, "UPDATE 2");
        EXPECT_EQ(updated.rows_affected(), 2u);
        BOOST_OUTCOME_CO_TRY(auto selected, co_await c.execute("select * from users"));
        EXPECT_EQ(selected, "SELECT 3");
        BOOST_OUTCOME_CO_TRY(auto made, co_await c.execute(unchecked_sql("create temp table t ()")));
        EXPECT_EQ(made, "CREATE TABLE");
        BOOST_OUTCOME_CO_TRY(auto nothing, co_await c.execute("-- nothing"));
        EXPECT_EQ(nothing, "");
        co_return success();
    });
}

TEST_F(statements_fetch, fetch_gives_a_rowset) {
    with_users([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch("select id, name, email from users where id <= $1 order by id", 2));
        EXPECT_EQ(rows.size(), 2u);
        EXPECT_EQ(rows.columns().size(), 3u);
        EXPECT_EQ(rows.tag(), "SELECT 2");
        BOOST_OUTCOME_CO_TRY(auto name, rows[1]["name"].as<std::string>());
        EXPECT_EQ(name, "bob");
        EXPECT_TRUE(rows[1]["email"].is_null());
        co_return success();
    });
}

TEST_F(statements_fetch, a_rowset_outlives_its_connection) {
    run([]() -> task<> {
        pgcoro::rowset rows;
        {
            BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(shared_server().dsn()));
            BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch("select 'still here' as text"));
        }
        BOOST_OUTCOME_CO_TRY(auto text, rows[0]["text"].as<std::string>());
        EXPECT_EQ(text, "still here");
        co_return success();
    });
}

TEST_F(statements_fetch, fetch_gives_rows_of_any_kind) {
    with_users([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto users, co_await c.fetch<user>("select * from users order by id"));
        EXPECT_EQ(users.size(), 3u);
        EXPECT_EQ(users.at(0).email, "a@x.org");
        EXPECT_EQ(users.at(1).email, std::nullopt);
        EXPECT_EQ(users.at(2).email, "");
        BOOST_OUTCOME_CO_TRY(auto names, co_await c.fetch<std::string>("select name from users order by id"));
        EXPECT_EQ(names, (std::vector<std::string>{"ann", "bob", "cem"}));
        using pair = std::tuple<int, std::string>;
        BOOST_OUTCOME_CO_TRY(auto pairs, co_await c.fetch<pair>("select id, name from users where id = $1", 2));
        EXPECT_EQ(pairs, (std::vector<pair>{{2, "bob"}}));
        BOOST_OUTCOME_CO_TRY(auto none, co_await c.fetch<user>("select * from users where false"));
        EXPECT_TRUE(none.empty());
        co_return success();
    });
}

TEST_F(statements_fetch, fetch_one_wants_exactly_one) {
    with_users([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto bob, co_await c.fetch_one<user>("select * from users where id = $1", 2));
        EXPECT_EQ(bob.name, "bob");
        auto none = co_await c.fetch_one<user>("select * from users where id = $1", 4);
        EXPECT_EQ(error_of(none), errc::no_rows);
        auto many = co_await c.fetch_one<user>("select * from users");
        EXPECT_EQ(error_of(many), errc::too_many_rows);
        co_return success();
    });
}

TEST_F(statements_fetch, fetch_optional_wants_at_most_one) {
    with_users([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto bob, co_await c.fetch_optional<user>("select * from users where id = $1", 2));
        EXPECT_TRUE(bob && bob->name == "bob");
        BOOST_OUTCOME_CO_TRY(auto none, co_await c.fetch_optional<user>("select * from users where id = $1", 4));
        EXPECT_FALSE(none);
        auto many = co_await c.fetch_optional<user>("select * from users");
        EXPECT_EQ(error_of(many), errc::too_many_rows);
        co_return success();
    });
}

TEST_F(statements_fetch, a_result_that_does_not_fit_is_refused_and_the_statement_has_run) {
    with_users([](connection& c) -> task<> {
        auto type = co_await c.fetch_one<int>("insert into users values (4, 'dora') returning name");
        EXPECT_EQ(error_of(type), errc::type_mismatch);
        auto columns = co_await c.fetch<int>("select id, id from users");
        EXPECT_EQ(error_of(columns), errc::column_count_mismatch);
        auto null = co_await c.fetch<std::string>("select email from users");
        EXPECT_EQ(error_of(null), errc::unexpected_null);
        auto range = co_await c.fetch_one<short>("select 70000::int8");
        EXPECT_EQ(error_of(range), errc::value_out_of_range);
        EXPECT_FALSE(error_of(type).safe_to_retry());
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch_one<long>("select count(*) from users"));
        EXPECT_EQ(rows, 4);
        co_return success();
    });
}

TEST_F(statements_fetch, exceptions_are_there_for_those_who_like_them) {
    with_users([](connection& c) -> task<> {
        bool caught = false;
        auto none = co_await c.fetch_one<user>("select * from users where false");
        try {
            static_cast<void>(std::move(none).value());
        } catch (const pgcoro::exception& e) {
            caught = e.error() == errc::no_rows;
        }
        EXPECT_TRUE(caught);
        co_return success();
    });
}

} // namespace
