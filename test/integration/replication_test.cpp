// SPDX-License-Identifier: BSL-1.0
// What a replication stream gives for what transactions do.
#include "support/replication_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::lsn;
using pgcoro::or_unchanged;
using pgcoro::replication_stream;
using pgcoro::task;
namespace replication = pgcoro::replication;

struct item {
    std::int64_t id;
    std::string name;
    std::optional<double> price;
    friend bool operator==(const item&, const item&) = default;
};

using replication_rows = replication_test;

TEST_F(replication_rows, are_read_into_structs_in_the_order_of_commits) {
    sql("create table items (id int8 primary key, name text not null, price float8); create publication p for table items");
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        sql("begin; insert into items values (1, 'nut', 0.5), (2, 'bolt', null); update items set price = 2 where id = 2; commit");
        sql("delete from items where id = 1");
        const auto b = co_await next_of<replication::begin>(s);
        auto i = co_await next_of<replication::insert>(s);
        EXPECT_EQ(i.table->schema, "public");
        EXPECT_EQ(i.table->name, "items");
        EXPECT_EQ(i.table->columns.size(), 3u);
        EXPECT_TRUE(i.table->columns[0].is_key);
        EXPECT_EQ(i.row.as<item>().value(), (item{1, "nut", 0.5}));
        i = co_await next_of<replication::insert>(s);
        EXPECT_EQ(i.row.as<item>().value(), (item{2, "bolt", std::nullopt}));
        const auto u = co_await next_of<replication::update>(s);
        EXPECT_EQ(u.has_old, replication::old_row::none);
        EXPECT_EQ(u.row.as<item>().value(), (item{2, "bolt", 2.0}));
        auto c = co_await next_of<replication::commit>(s);
        EXPECT_EQ(b.commit, c.at);
        EXPECT_LT(c.at, c.end);
        const lsn first = c.end;
        const auto d = co_await next_of<replication::delete_>(s);
        EXPECT_EQ(d.has_old, replication::old_row::key);
        EXPECT_EQ(d.old[0].as<std::int64_t>().value(), 1);
        EXPECT_FALSE(d.old[1].is_sent());
        EXPECT_EQ(error_of(d.old.as<item>()), errc::value_not_sent);
        c = co_await next_of<replication::commit>(s);
        EXPECT_LT(first, c.end);
        s.confirm(c.end);
        co_return success();
    });
    EXPECT_EQ(
        judge_.value("select confirmed_flush_lsn >= (select pg_current_wal_lsn()) - 1000::numeric from pg_replication_slots"),
        "t");
}

TEST_F(replication_rows, that_are_large_and_unchanged_are_not_taken_for_null) {
    struct page {
        int id;
        or_unchanged<std::optional<std::string>> body;
        int visits;
    };
    sql("create table pages (id int primary key, body text, visits int); alter table pages alter body set storage external;"
        "create publication p for table pages");
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        sql("insert into pages values (1, repeat('x', 10000), 0)");
        auto i = co_await next_of<replication::insert>(s);
        EXPECT_EQ(i.row.as<page>().value().body.value()->size(), 10000u);
        sql("update pages set visits = 1");
        auto u = co_await next_of<replication::update>(s);
        EXPECT_TRUE(u.row.as<page>().value().body.is_unchanged());
        EXPECT_EQ(u.row.as<page>().value().visits, 1);
        EXPECT_EQ(error_of(u.row.as<std::tuple<int, std::optional<std::string>, int>>()), errc::value_not_sent);
        EXPECT_EQ(error_of(u.row[1].text()), errc::value_not_sent);
        sql("update pages set body = null");
        u = co_await next_of<replication::update>(s);
        EXPECT_EQ(u.row.as<page>().value().body.value(), std::nullopt);

        sql("update pages set body = repeat('y', 10000); alter table pages replica identity full; update pages set visits = 2");
        u = co_await next_of<replication::update>(s);
        EXPECT_EQ(u.has_old, replication::old_row::none);
        u = co_await next_of<replication::update>(s);
        EXPECT_EQ(u.has_old, replication::old_row::full);
        EXPECT_EQ(u.old.as<page>().value().visits, 1);
        EXPECT_EQ(u.row.as<page>().value().body.value(), std::string(10000, 'y')); // taken from the old row
        co_return success();
    });
}

TEST_F(replication_rows, of_users_types_are_resolved_on_another_connection) {
    sql("create type mood as enum ('sad', 'happy'); create domain short as text check (length(value) < 9);"
        "create type pair as (a int, b text);"
        "create table people (id int primary key, m mood, moods mood[], s short, p pair, acl aclitem, r int4range);"
        "create publication p for table people");
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        sql("insert into people values (1, 'happy', '{sad,happy}', 'brief', '(7,seven)', 'postgres=r/postgres', '[1,5)')");
        const auto i = co_await next_of<replication::insert>(s);
        const auto& row = i.row;
        EXPECT_EQ(row[1].text().value(), "happy");
        EXPECT_EQ(row[2].text().value(), "{sad,happy}");
        EXPECT_EQ(row[3].as<std::string>().value(), "brief");
        EXPECT_EQ(row[4].text().value(), "(7,seven)");
        EXPECT_EQ(row[5].as<std::string>().value(), "postgres=r/postgres");
        EXPECT_EQ(row[6].text().value(), "[1,5)");
        EXPECT_EQ(row[1].column().name, "m");
        co_return success();
    });
}

TEST_F(replication_rows, have_fields_that_are_parameters_of_statements) {
    sql("create type mood as enum ('sad', 'happy');"
        "create table people (id int primary key, m mood, moods mood[], price numeric, acl aclitem, body text);"
        "alter table people alter body set storage external;"
        "create publication p for table people");
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config()));
        sql("insert into people values (1, 'happy', '{sad,happy}', 1.50, 'postgres=r/postgres', repeat('x', 10000))");
        sql("insert into people values (2)");
        BOOST_OUTCOME_CO_TRY(co_await db.execute("create temp table copy as select * from people where false"));
        for (int i = 0; i < 2; ++i) {
            const auto made = co_await next_of<replication::insert>(s);
            pgcoro::parameters values;
            for (const auto field : made.row) {
                values.push_back(field);
            }
            const auto statement = pgcoro::unchecked_sql::kept("insert into copy values ($1, $2, $3, $4, $5, $6)");
            BOOST_OUTCOME_CO_TRY(co_await db.execute(statement, values));
        }
        BOOST_OUTCOME_CO_TRY(const auto same,
                             co_await db.fetch_one<long>("select count(*) from copy c join people p on c::text = p::text"));
        EXPECT_EQ(same, 2);
        sql("update people set price = 2 where id = 1");
        const auto u = co_await next_of<replication::update>(s);
        pgcoro::parameters none;
        none.push_back(u.row[5]);
        EXPECT_EQ(none.failure(), errc::value_not_sent);
        co_return success();
    });
}

TEST_F(replication_rows, are_read_as_well_when_they_come_as_text) {
    struct sample {
        int id;
        std::string name;
        std::vector<int> numbers;
        std::chrono::sys_time<std::chrono::microseconds> at;
    };
    sql("create table samples (id int primary key, name text, numbers int[], at timestamptz); create publication p for all tables");
    auto options = quick_stream("p");
    options.binary = false;
    with_stream(options, [&](replication_stream& s) -> task<> {
        sql("insert into samples values (5, 'five', '{1,2}', '2000-01-01 00:00:01+00')");
        const auto i = co_await next_of<replication::insert>(s);
        const auto row = i.row.as<sample>().value();
        EXPECT_EQ(row.id, 5);
        EXPECT_EQ(row.name, "five");
        EXPECT_EQ(row.numbers, (std::vector<int>{1, 2}));
        EXPECT_EQ(row.at, std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) + std::chrono::seconds(1));
        EXPECT_EQ(i.row[2].text().value(), "{1,2}");
        EXPECT_EQ(i.row[0].as<int>().value(), 5);
        co_return success();
    });
}

TEST_F(replication_rows, come_in_blocks_before_a_large_transaction_commits) {
    sql("create table t (id int primary key); create publication p for table t");
    auto options = quick_stream("p");
    options.streaming = pgcoro::stream_large_transactions::on;
    sql("alter system set logical_decoding_work_mem = '64kB'");
    sql("select pg_reload_conf()");
    with_stream(options, [&](replication_stream& s) -> task<> {
        sql("begin; insert into t select generate_series(1, 5000); savepoint a; insert into t values (-1); rollback to a;"
            "insert into t values (0); commit");
        const auto first = co_await next_of<replication::stream_start>(s);
        EXPECT_TRUE(first.is_first);
        int rows = 0;
        int blocks = 1;
        for (;;) {
            auto event = co_await s.next();
            if (!event) {
                co_return error_of(event);
            }
            if (const auto* i = std::get_if<replication::insert>(&event.value())) {
                rows += i->id.has_value() ? 1 : 0;
            } else if (std::holds_alternative<replication::stream_start>(event.value())) {
                ++blocks;
            } else if (const auto* c = std::get_if<replication::stream_commit>(&event.value())) {
                EXPECT_EQ(c->id, first.id);
                break;
            }
        }
        EXPECT_GE(rows, 5001);
        EXPECT_GT(blocks, 1);
        co_return success();
    });
    sql("alter system reset logical_decoding_work_mem");
    sql("select pg_reload_conf()");
}

TEST_F(replication_rows, of_prepared_transactions_come_when_they_are_prepared) {
    sql("create table t (id int primary key); create publication p for table t");
    auto options = quick_stream("p");
    options.two_phase = true;
    pgcoro::slot_options how;
    how.two_phase = true;
    with_stream(
        options,
        [&](replication_stream& s) -> task<> {
            sql("begin; insert into t values (1); prepare transaction 'one'");
            const auto b = co_await next_of<replication::begin_prepare>(s);
            EXPECT_EQ(b.gid, "one");
            EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 1);
            const auto p = co_await next_of<replication::prepare>(s);
            EXPECT_EQ(p.gid, "one");
            s.confirm(p.end);
            sql("commit prepared 'one'");
            const auto c = co_await next_of<replication::commit_prepared>(s);
            EXPECT_EQ(c.gid, "one");
            sql("begin; insert into t values (2); prepare transaction 'two'");
            EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 2);
            sql("rollback prepared 'two'");
            EXPECT_EQ((co_await next_of<replication::rollback_prepared>(s)).gid, "two");
            co_return success();
        },
        how);
}

TEST_F(replication_rows, come_between_truncates_messages_and_new_definitions) {
    sql("create table t (id int primary key); create table u (id int primary key); create publication p for table t, u");
    auto options = quick_stream("p");
    options.messages = true;
    with_stream(options, [&](replication_stream& s) -> task<> {
        sql("insert into t values (1); select pg_logical_emit_message(true, 'prefix', 'content')");
        auto r = co_await next_of<replication::relation>(s);
        EXPECT_EQ(r.table->columns.size(), 1u);
        const auto m = co_await next_of<replication::message>(s);
        EXPECT_EQ(m.prefix, "prefix");
        EXPECT_EQ(m.content.size(), 7u);
        EXPECT_TRUE(m.is_transactional);
        sql("truncate t, u restart identity cascade");
        const auto t = co_await next_of<replication::truncate>(s);
        EXPECT_EQ(t.tables.size(), 2u);
        EXPECT_TRUE(t.cascade);
        EXPECT_TRUE(t.restart_identity);
        sql("alter table t add name text; insert into t values (2, 'two')");
        r = co_await next_of<replication::relation>(s);
        EXPECT_EQ(r.table->columns.size(), 2u);
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[1].text().value(), "two");
        co_return success();
    });
}

} // namespace
