// SPDX-License-Identifier: BSL-1.0
// Which type a name without a schema means depends on the search_path and the role. Both change while sessions live.
#include "support/libpq_session.hpp"
#include "support/proxy.hpp"
#include "support/run.hpp"
#include "types_fixture.hpp"

#include <pgcoro/types/composite.hpp>
#include <pgcoro/types/enum.hpp>

#include <boost/describe/enum.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace shop {

struct spot {
    int n;
};

enum class mark { red, green };
BOOST_DESCRIBE_ENUM(mark, red, green)

} // namespace shop

template <>
struct pgcoro::pg_type<shop::mark> : pgcoro::enum_type<shop::mark> {
    static constexpr std::string_view sql_name = "mark";
};

template <>
struct pgcoro::pg_type<shop::spot> : pgcoro::composite_type<shop::spot> {
    static constexpr std::string_view sql_name = "spot";
};

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::unchecked_sql;
using shop::spot;

constexpr const char* path_schema[] = {
    "set client_min_messages = warning",
    "drop schema if exists path_a, path_b cascade",
    "drop role if exists path_role",
    "create schema path_a",
    "create schema path_b",
    "create type path_a.spot as (n int)",
    "create type path_b.spot as (n int)",
    "create table path_a.spots (s path_a.spot)",
    "create table path_b.spots (s path_b.spot)",
    "create type path_a.mark as enum ('red', 'green')",
    "create type path_b.mark as enum ('red', 'green')",
    "create table path_a.marks (m path_a.mark)",
    "create table path_b.marks (m path_b.mark)",
    "create role path_role",
    "grant usage on schema path_b to path_role",
    "grant all on path_b.spots to path_role",
};

class types_path : public types_fixture {
protected:
    void SetUp() override {
        for (const char* sql : path_schema) {
            judge_.value(sql);
        }
        types_fixture::SetUp();
    }
    void TearDown() override { judge_.value("drop schema path_a, path_b cascade; drop role path_role"); }

    void execute(const std::string& sql) {
        const auto r = run(connection_.execute(unchecked_sql(sql)));
        EXPECT_TRUE(r) << sql << ": " << r.error();
    }
    pgcoro::error insert(int n) { return error_of(run(connection_.execute("insert into spots values ($1)", spot_of(n)))); }
    pgcoro::error read_one() { return error_of(run(connection_.fetch_one<spot>("select row(1)::spot"))); }
    static const spot& spot_of(int n) {
        static spot s;
        s.n = n;
        return s;
    }
    /// What each table has: "1,2 3,4".
    std::string found() {
        return judge_.value(
            "select coalesce((select string_agg((s).n::text, ',' order by (s).n) from path_a.spots), '') || ' ' || "
            "coalesce((select string_agg((s).n::text, ',' order by (s).n) from path_b.spots), '')");
    }

    libpq_session judge_{shared_server().dsn()};
};

TEST_F(types_path, a_type_that_was_first_seen_off_the_path_is_found_once_it_is_on_it) {
    ASSERT_TRUE(run(connection_.fetch("select row(1)::path_a.spot")));
    execute("set search_path = path_a");
    EXPECT_FALSE(read_one());
    execute("discard all");
    execute("set search_path = path_a");
    EXPECT_FALSE(read_one());
}

TEST_F(types_path, a_type_that_has_left_the_path_is_another_one) {
    execute("set search_path = path_a");
    ASSERT_FALSE(read_one());
    execute("reset search_path");
    EXPECT_EQ(error_of(run(connection_.fetch_one<spot>("select row(1)::path_a.spot"))), errc::type_mismatch);
    EXPECT_EQ(insert(1), errc::unknown_type);
}

TEST_F(types_path, a_rowset_is_read_by_the_path_it_came_with) {
    ASSERT_TRUE(run(connection_.fetch("select row(1)::path_a.spot")));
    execute("set search_path = path_a");
    const auto rows = run(connection_.fetch("select row(7)::spot")).value();
    EXPECT_EQ(rows[0][0].as<spot>().value().n, 7);
    EXPECT_EQ(rows.columns()[0].type_name(), "spot");
}

TEST_F(types_path, set_local_in_alternating_transactions) {
    for (int i = 0; i < 6; ++i) {
        auto tx = run(connection_.begin()).value();
        ASSERT_TRUE(
            run(tx.execute(unchecked_sql(i % 2 == 0 ? "set local search_path = path_a" : "set local search_path = path_b"))));
        const auto done = run(tx.execute("insert into spots values ($1)", spot_of(i)));
        EXPECT_TRUE(done) << i << ": " << done.error();
        ASSERT_TRUE(run(tx.commit()));
    }
    EXPECT_EQ(found(), "0,2,4 1,3,5");
}

// Their types are the server's guess, made when a statement is prepared: by the path of that moment.
TEST_F(types_path, set_local_and_parameters_whose_types_the_server_infers) {
    for (int i = 0; i < 6; ++i) {
        auto tx = run(connection_.begin()).value();
        const auto local = i % 2 == 0 ? "set local search_path = path_a" : "set local search_path = path_b";
        ASSERT_TRUE(run(tx.execute(unchecked_sql(local))));
        const auto asked = run(tx.fetch_one<shop::mark>("select $1::mark", shop::mark::green));
        ASSERT_TRUE(asked) << i << ": " << asked.error();
        for (const auto& inserted : {run(tx.execute("insert into marks values ($1)", shop::mark::red)),
                                     run(tx.execute("insert into marks values ($1)", "red"))}) {
            ASSERT_TRUE(inserted) << i << ": " << inserted.error();
        }
        ASSERT_TRUE(run(tx.commit()));
    }
    EXPECT_EQ(judge_.value("select count(*) from path_a.marks"), "6");
    EXPECT_EQ(judge_.value("select count(*) from path_b.marks"), "6");
}

TEST_F(types_path, set_for_the_session_and_parameters_whose_types_the_server_infers) {
    for (const char* const path : {"path_a", "path_b", "path_a"}) {
        execute("set search_path = " + std::string(path));
        for (int i = 0; i < 2; ++i) {
            const auto asked = run(connection_.fetch_one<shop::mark>("select $1::mark", shop::mark::green));
            ASSERT_TRUE(asked) << path << ": " << asked.error();
        }
    }
}

TEST_F(types_path, set_config_in_alternating_transactions) {
    for (int i = 0; i < 6; ++i) {
        auto tx = run(connection_.begin()).value();
        ASSERT_TRUE(run(tx.fetch("select set_config('search_path', $1, true)", i % 2 == 0 ? "path_a" : "path_b")));
        const auto done = run(tx.execute("insert into spots values ($1)", spot_of(i)));
        EXPECT_TRUE(done) << i << ": " << done.error();
        ASSERT_TRUE(run(tx.commit()));
    }
    EXPECT_EQ(found(), "0,2,4 1,3,5");
}

TEST_F(types_path, what_is_set_goes_for_statements_sent_before_it_is_answered) {
    execute("set search_path = path_a");
    ASSERT_FALSE(insert(1));
    auto tx = run(connection_.begin()).value();
    ASSERT_TRUE(run(tx.execute("select")));
    tx.execute("set local search_path = path_b")([](const auto& r) { EXPECT_TRUE(r) << r.error(); });
    const auto done = run(tx.execute("insert into spots values ($1)", spot_of(2)));
    EXPECT_TRUE(done) << done.error();
    ASSERT_TRUE(run(tx.commit()));
    EXPECT_EQ(found(), "1 2");
}

TEST_F(types_path, the_end_of_a_transaction_is_the_end_of_what_was_set_in_it) {
    execute("set search_path = path_a");
    for (const bool commits : {true, false}) {
        auto tx = run(connection_.begin()).value();
        ASSERT_TRUE(run(tx.execute("set local search_path = path_b")));
        ASSERT_TRUE(run(tx.execute("insert into spots values ($1)", spot_of(2))));
        ASSERT_TRUE(commits ? run(tx.commit()).has_value() : run(tx.rollback()).has_value());
        EXPECT_FALSE(insert(1));
    }
    EXPECT_EQ(found(), "1,1 2");
}

TEST_F(types_path, the_end_of_a_savepoint_is_too) {
    execute("set search_path = path_a");
    auto tx = run(connection_.begin()).value();
    ASSERT_TRUE(run(tx.execute("insert into spots values ($1)", spot_of(1))));
    auto inner = run(tx.begin()).value();
    ASSERT_TRUE(run(inner.execute("set local search_path = path_b")));
    ASSERT_TRUE(run(inner.execute("insert into spots values ($1)", spot_of(2))));
    ASSERT_TRUE(run(inner.rollback()));
    const auto done = run(tx.execute("insert into spots values ($1)", spot_of(3)));
    EXPECT_TRUE(done) << done.error();
    ASSERT_TRUE(run(tx.commit()));
    EXPECT_EQ(found(), "1,3 ");
}

TEST_F(types_path, a_transaction_begun_by_hand_is_no_other) {
    for (int i = 0; i < 4; ++i) {
        execute("begin");
        execute(i % 2 == 0 ? "set local search_path = path_a" : "set local search_path = path_b");
        EXPECT_FALSE(insert(i));
        execute("commit");
    }
    EXPECT_EQ(found(), "0,2 1,3");
}

// The server leaves out of the path what the role may not use.
TEST_F(types_path, the_role_decides_too) {
    execute("set search_path = path_a, path_b");
    EXPECT_FALSE(insert(1));
    execute("set role path_role");
    EXPECT_FALSE(insert(2));
    EXPECT_FALSE(read_one());
    execute("reset role");
    EXPECT_FALSE(insert(3));
    EXPECT_EQ(found(), "1,3 2");
}

TEST_F(types_path, a_role_set_for_a_transaction) {
    execute("set search_path = path_a, path_b");
    ASSERT_FALSE(insert(1));
    auto tx = run(connection_.begin()).value();
    ASSERT_TRUE(run(tx.execute("set local role path_role")));
    const auto done = run(tx.execute("insert into spots values ($1)", spot_of(2)));
    EXPECT_TRUE(done) << done.error();
    ASSERT_TRUE(run(tx.commit()));
    EXPECT_FALSE(insert(3));
    EXPECT_EQ(found(), "1,3 2");
}

TEST_F(types_path, set_config_for_the_session_is_noticed_by_the_mismatch) {
    execute("set search_path = path_a");
    ASSERT_FALSE(insert(1));
    ASSERT_FALSE(read_one());
    ASSERT_TRUE(run(connection_.fetch("select set_config('search_path', 'path_b', false)")));
    EXPECT_FALSE(read_one());
    EXPECT_FALSE(insert(2));
    EXPECT_EQ(found(), "1 2");
}

TEST_F(types_path, a_type_that_hides_the_known_one_is_found) {
    execute("set search_path = path_a, path_b");
    execute("drop type path_a.spot cascade");
    ASSERT_FALSE(read_one());
    execute("create type path_a.spot as (n int)");
    EXPECT_FALSE(read_one());
}

// A Sync for each request that travels.
TEST_F(types_path, types_are_asked_for_once_as_long_as_nothing_is_set) {
    asio::io_context loop;
    proxy between(loop, shared_server());
    pgcoro::test::run(loop, [&]() -> pgcoro::task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(between.config()));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set search_path = path_a"));
        const auto before = between.heard('S');
        for (int i = 0; i < 3; ++i) {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            const spot& s = spot_of(i);
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into spots values ($1)", s));
            BOOST_OUTCOME_CO_TRY(co_await tx.fetch_one<spot>("select row(1)::spot"));
            BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        }
        const auto without_lookup = 3u * 3u;
        EXPECT_GE(between.heard('S') - before, without_lookup + 1);
        const auto first = between.heard('S');
        BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<spot>("select row(1)::spot"));
        EXPECT_EQ(between.heard('S') - first, 1u);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set application_name = 'x'"));
        BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<int>("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await c.fetch("select relname, oid, reltuples, reloptions from pg_class limit 3"));
        EXPECT_EQ(between.heard('S') - first, 4u) << "what is built in is not asked for";
        BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<spot>("select row(1)::spot"));
        EXPECT_EQ(between.heard('S') - first, 5u) << "that setting has nothing to do with names";
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set search_path = path_b"));
        BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<spot>("select row(2)::spot"));
        EXPECT_GE(between.heard('S') - first, 8u); // and the server is told to forget what was prepared
        c.close();
        co_return success();
    });
}

} // namespace
