// SPDX-License-Identifier: BSL-1.0
// A copy of tables that are being written to, and the changes since.
#include "support/replica.hpp"
#include "support/replication_fixture.hpp"

#include <pgcoro/initial_copy.hpp>
#include <pgcoro/transfer.hpp>

#include <map>
#include <string>
#include <thread>

namespace {

using namespace pgcoro::test;
using pgcoro::copy_reader;
using pgcoro::errc;
using pgcoro::initial_copy_options;
using pgcoro::initial_copy_progress;
using pgcoro::published_table;
using pgcoro::task;
namespace replication = pgcoro::replication;

class initial_copy : public replication_test {
protected:
    initial_copy() {
        judge_.value("drop database if exists copies");
        sql("create database copies");
        sql("create table items (id int primary key, name text, twice int generated always as (id * 2) stored);"
            "create table events (id int, at date, note text, primary key (id, at)) partition by range (at);"
            "create table events_1 partition of events for values from ('2020-01-01') to ('2021-01-01');"
            "create table events_2 partition of events for values from ('2021-01-01') to ('2022-01-01');"
            "create table parts (id int primary key, secret text, visible bool);"
            "create publication p for table items, events, parts (id, visible) where (visible)"
            " with (publish_via_partition_root = true)");
        target_ = libpq_session(copies());
        target_->value("create table items (id int primary key, name text);"
                       "create table events (id int, at date, note text, primary key (id, at));"
                       "create table parts (id int primary key, visible bool)");
    }
    ~initial_copy() override {
        target_.reset();
        sql("select pg_terminate_backend(pid, 20000) from pg_stat_activity where datname = 'copies'");
    }

    static std::string copies() { return logical_server_of_all().dsn() + " dbname=copies"; }

    std::optional<libpq_session> target_;
};

/// Into the tables of the same names.
pgcoro::table_copier copier(std::string dsn) {
    return [dsn](const published_table& table, copy_reader rows) -> task<std::uint64_t> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(co_await asio::this_coro::executor, dsn));
        pgcoro::unchecked_sql statement(table.copy_in_statement());
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in(statement));
        BOOST_OUTCOME_CO_TRY(auto report, co_await pgcoro::transfer(std::move(rows), std::move(writer)));
        co_return report.rows;
    };
}

TEST_F(initial_copy, and_the_stream_after_it_miss_nothing_and_repeat_nothing) {
    sql("insert into items select i, 'item ' || i from generate_series(1, 20000) i;"
        "insert into events select i, date '2020-01-01' + i % 700, 'event' from generate_series(1, 5000) i;"
        "insert into parts select i, 'secret', i % 2 = 0 from generate_series(1, 1000) i");
    std::jthread writer([] {
        libpq_session session(logical_server_of_all().dsn());
        for (int i = 0; i < 300; ++i) {
            const std::string id = std::to_string(i);
            session.value("insert into items values (" + id + " + 100000, 'new')");
            session.value("update items set name = 'changed' where id = " + id);
            session.value("delete from events where id = " + id);
            session.value("update parts set visible = not visible where id = " + id);
        }
        session.value("insert into items values (-1, 'the end')");
    });
    std::vector<initial_copy_progress> seen;
    run([&]() -> task<> {
        initial_copy_options how;
        how.on_progress = [&](const initial_copy_progress& p) { seen.push_back(p); };
        auto options = quick_stream("p");
        auto copy = copier(copies());
        BOOST_OUTCOME_CO_TRY(auto s, co_await pgcoro::initial_copy(config(), slot(), options, copy, how));
        replica changes(copies());
        for (bool is_over = false; !is_over;) {
            BOOST_OUTCOME_CO_TRY(const auto event, co_await s.next());
            if (const auto* i = std::get_if<replication::insert>(&event)) {
                is_over = is_over || i->row[0].as<int>().value() == -1;
            }
            if (const auto end = changes.apply(event)) {
                s.confirm(*end);
            }
        }
        changes.apply((co_await s.next()).value()); // the commit
        co_return co_await s.stop();
    });
    writer.join();
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_EQ(seen.back().tables, 3u);
    EXPECT_EQ(seen.back().finished_tables, 3u);
    EXPECT_GE(seen.back().rows, 25000u);
    const std::string sum = "select count(*) || md5(string_agg(t::text, ',' order by t::text)) from ";
    EXPECT_EQ(target_->value(sum + "items t"), judge_.value(sum + "(select id, name from items) t"));
    EXPECT_EQ(target_->value(sum + "events t"), judge_.value(sum + "(select id, at, note from events) t"));
    EXPECT_EQ(target_->value(sum + "parts t"), judge_.value(sum + "(select id, visible from parts where visible) t"));
}

// Changes come without regard to policies: a copy without the rows that they hide would miss these forever.
TEST_F(initial_copy, is_refused_if_a_policy_hides_rows) {
    sql("drop role if exists narrow_copier");
    sql("create role narrow_copier login replication password 'secret'");
    sql("insert into items values (1, 'hidden'); grant select on items to narrow_copier;"
        "create publication narrow for table items; alter table items enable row level security;"
        "create policy none on items for select using (false)");
    run([&]() -> task<> {
        auto narrow = config();
        narrow.user("narrow_copier").password("secret");
        auto copy = copier(copies());
        const auto refused = co_await pgcoro::initial_copy(narrow, slot(), quick_stream("narrow"), copy);
        EXPECT_EQ(error_of(refused), pgcoro::sqlstate::insufficient_privilege);
        co_return boost::outcome_v2::success();
    });
    EXPECT_EQ(target_->value("select count(*) from items"), "0");
    sql("drop publication narrow; drop owned by narrow_copier");
    sql("drop role narrow_copier");
}

// The server may limit how long a session is idle in a transaction, which that with the snapshot is until its next command.
TEST_F(initial_copy, keeps_no_transaction_open_besides_those_that_copy) {
    sql("create publication idle for table items");
    run([&]() -> task<> {
        pgcoro::table_copier inner = copier(copies());
        const auto copy = [&](const published_table& table, copy_reader rows) -> task<std::uint64_t> {
            co_await until(judge_, "select count(*) = 0 from pg_stat_activity where backend_type = 'walsender' and "
                                   "state = 'idle in transaction'");
            co_return co_await inner(table, std::move(rows));
        };
        initial_copy_options how;
        how.connections = 1;
        BOOST_OUTCOME_CO_TRY(auto s, co_await pgcoro::initial_copy(config(), slot(), quick_stream("idle"), copy, how));
        co_return co_await s.stop();
    });
    sql("drop publication idle");
}

TEST_F(initial_copy, copies_no_partition_whose_root_is_copied) {
    sql("insert into events select i, date '2020-01-01' + i % 700, 'event' from generate_series(1, 100) i;"
        "create publication leaves for table events_1, events_2");
    std::map<std::string, std::uint64_t> copied;
    run([&]() -> task<> {
        auto into_target = copier(copies());
        pgcoro::table_copier copy = [&](const published_table& table, copy_reader rows) -> task<std::uint64_t> {
            EXPECT_FALSE(copied.contains(table.name)) << table.name;
            BOOST_OUTCOME_CO_TRY(const auto count, co_await into_target(table, std::move(rows)));
            copied[table.name] = count;
            co_return count;
        };
        auto options = quick_stream("p", "leaves");
        BOOST_OUTCOME_CO_TRY(auto s, co_await pgcoro::initial_copy(config(), slot(), options, copy));
        co_return co_await s.stop();
    });
    sql("drop publication leaves");
    EXPECT_EQ(copied, (std::map<std::string, std::uint64_t>{{"events", 100}, {"items", 0}, {"parts", 0}}));
}

TEST_F(initial_copy, copies_partitions_that_are_published_alone) {
    sql("insert into events select i, date '2020-01-01' + i % 700, 'event' from generate_series(1, 100) i;"
        "create publication leaves for table events_1, events_2");
    target_->value("create table events_1 (like events); create table events_2 (like events)");
    std::uint64_t rows = 0;
    run([&]() -> task<> {
        initial_copy_options how;
        how.on_progress = [&](const initial_copy_progress& p) { rows = p.rows; };
        auto options = quick_stream("leaves");
        BOOST_OUTCOME_CO_TRY(auto s, co_await pgcoro::initial_copy(config(), slot(), options, copier(copies()), how));
        co_return co_await s.stop();
    });
    sql("drop publication leaves");
    EXPECT_EQ(rows, 100u);
}

TEST_F(initial_copy, copies_columns_without_binary_output_as_text_whatever_the_defaults_of_the_server) {
    const auto change_defaults = [&](const std::string& change) {
        sql("do $$ begin execute format('alter database %I " + change + "', current_database()); end $$");
    };
    change_defaults("set datestyle = ''German''");
    change_defaults("set extra_float_digits = -5");
    const std::string tables = "create type grantee as (name text, rights aclitem[]);"
                               "create table rights (id int primary key, acl aclitem, g grantee, at date, f float8, note text)";
    sql(tables + "; create table plain (id int primary key, hidden aclitem); insert into plain values (1);"
                 "insert into rights values (1, 'postgres=r/postgres', row('a', '{postgres=w/postgres}'), '2024-05-13', "
                 "0.1::float8 + 0.2::float8, e'tab\\tline\\n\\\\'); insert into rights values (2)");
    target_->value(tables + "; create table plain (id int primary key)");
    // Before PostgreSQL 15, publications have no lists of columns.
    const bool has_lists = std::stoi(judge_.value("show server_version_num")) >= 150000;
    sql("create publication acls for table rights, " + std::string(has_lists ? "plain (id)" : "items"));
    std::map<std::string, bool> is_text;
    run([&]() -> task<> {
        auto into_target = copier(copies());
        pgcoro::table_copier copy = [&](const published_table& table, copy_reader rows) -> task<std::uint64_t> {
            is_text[table.name] = table.is_text;
            co_return co_await into_target(table, std::move(rows));
        };
        auto options = quick_stream("acls");
        options.binary = false; // in the binary format, pgoutput fails at a value of grantee
        BOOST_OUTCOME_CO_TRY(auto s, co_await pgcoro::initial_copy(config(), slot(), options, copy));
        sql("insert into rights values (3, null, row('b', '{postgres=x/postgres}'))");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[2].text().value(), "(b,{postgres=x/postgres})");
        sql("delete from rights where id = 3");
        co_return co_await s.stop();
    });
    change_defaults("reset all");
    sql("drop publication acls");
    EXPECT_EQ(is_text, (std::map<std::string, bool>{{"rights", true}, {has_lists ? "plain" : "items", false}}));
    const std::string sum = "select count(*) || md5(string_agg(t::text, ',' order by t::text)) from rights t";
    EXPECT_EQ(target_->value(sum), libpq_session(logical_server_of_all().dsn()).value(sum));
}

TEST_F(initial_copy, is_in_text_only_if_a_stream_in_binary_can_follow) {
    sql("create table rights (id int primary key, acl aclitem, about regclass); create publication acls for table rights;"
        "create table grants (id int primary key, acl aclitem[]); insert into grants values (1, '{postgres=r/postgres}');"
        "insert into rights values (1, 'postgres=r/postgres', 'items'); create publication arrays for table grants");
    run([&]() -> task<> {
        std::string copied;
        pgcoro::table_copier copy = [&](const published_table&, copy_reader rows) -> task<std::uint64_t> {
            for (;;) {
                BOOST_OUTCOME_CO_TRY(const auto bytes, co_await rows.read());
                if (bytes.empty()) {
                    co_return 1;
                }
                copied.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            }
        };
        const auto refused = co_await pgcoro::initial_copy(config(), slot(), quick_stream("arrays"), copy);
        EXPECT_EQ(error_of(refused), pgcoro::sqlstate::undefined_function);
        EXPECT_EQ(judge_.value("select count(*) from pg_replication_slots"), "0");
        BOOST_OUTCOME_CO_TRY(auto s, co_await pgcoro::initial_copy(config(), slot(), quick_stream("acls"), copy));
        EXPECT_EQ(copied, "1\tpostgres=r/postgres\tpublic.items\n");
        sql("insert into rights values (2, 'postgres=w/postgres')");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[1].text().value(), "postgres=w/postgres");
        co_return co_await s.stop();
    });
}

TEST_F(initial_copy, that_fails_leaves_no_slot) {
    sql("insert into items select i from generate_series(1, 20000) i");
    pgcoro::table_copier copy = [](const published_table& table, copy_reader rows) -> task<std::uint64_t> {
        if (table.name == "items") {
            co_return pgcoro::error(errc::value_out_of_range, "refused");
        }
        while (!(co_await rows.read()).value().empty()) {
        }
        co_return 0;
    };
    run([&]() -> task<> {
        auto options = quick_stream("p");
        EXPECT_EQ(error_of(co_await pgcoro::initial_copy(config(), slot(), options, copy)), errc::value_out_of_range);
        co_return success();
    });
    EXPECT_EQ(judge_.value("select count(*) from pg_replication_slots"), "0");
}

} // namespace
