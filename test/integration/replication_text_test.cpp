// SPDX-License-Identifier: BSL-1.0
// Rows whose values come as text, and types of which nothing is known.
#include "support/replication_fixture.hpp"

#include <pgcoro/changed_row_to_json.hpp>
#include <pgcoro/rows_by_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/src.hpp>

namespace replication_text_rows {

struct named_item {
    std::string name;
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(named_item, (), (name, id))

struct named_span {
    std::int64_t id = 0;
    pgcoro::interval span;
};
BOOST_DESCRIBE_STRUCT(named_span, (), (id, span))

} // namespace replication_text_rows

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::replication_options;
using pgcoro::replication_stream;
using pgcoro::task;
namespace replication = pgcoro::replication;

class replication_text : public replication_test {
protected:
    ~replication_text() override { database("reset all"); }

    static replication_options stream_as(bool binary) {
        auto options = quick_stream("p");
        options.binary = binary;
        return options;
    }
    void database(const std::string& change) {
        sql("do $$ begin execute format('alter database %I " + change + "', current_database()); end $$");
    }
    /// The first row that `change` inserts, as JSON.
    std::string json_of_insert(bool binary, const std::string& change) {
        std::string json;
        with_stream(stream_as(binary), [&](replication_stream& s) -> task<> {
            sql(change);
            const auto i = co_await next_of<replication::insert>(s);
            const auto value = to_json(i.row);
            json = value ? boost::json::serialize(value.value()) : error_of(value).describe();
            co_return success();
        });
        sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
        return json;
    }
    /// Streams a row of a table whose column `m` is gone by then, and so is its type `mood`.
    void with_dropped_type(bool binary, const std::function<void(const pgcoro::changed_row&)>& look) {
        sql("create type mood as enum ('sad', 'happy'); create table people (id int primary key, m mood);"
            "create publication p for table people");
        run([&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
            BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
            sql("insert into people values (1, 'happy'); alter table people drop column m; drop type mood");
            BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), stream_as(binary)));
            const auto i = co_await next_of<replication::insert>(s);
            look(i.row);
            co_return co_await s.stop();
        });
    }
};

TEST_F(replication_text, of_a_column_that_is_not_read_need_not_be_convertible) {
    sql("create table items (id int8 primary key, name text, span interval, address inet); create publication p for table items");
    with_stream(stream_as(false), [&](replication_stream& s) -> task<> {
        sql("insert into items values (1, 'nut', '1 day', '192.168.0.1')");
        const auto i = co_await next_of<replication::insert>(s);
        const auto read = i.row.as<replication_text_rows::named_item>();
        if (!read) {
            co_return error_of(read);
        }
        EXPECT_EQ(read.value().id, 1);
        EXPECT_EQ(read.value().name, "nut");
        const auto failure = error_of(i.row.as<replication_text_rows::named_span>());
        EXPECT_EQ(failure, errc::type_mismatch);
        EXPECT_NE(failure.message().find("\"span\" (interval)"), std::string::npos) << failure;
        EXPECT_EQ(i.row[2].text().value(), "1 day");
        co_return success();
    });
}

TEST_F(replication_text, gives_the_same_json_as_the_binary_format) {
    sql("create type mood as enum ('sad', 'happy'); create domain short as text; create type pair as (a int, b text);"
        "create table samples (id int primary key, yes bool, numbers int[], matrix int8[], n numeric, f float8, f4 float4,"
        " doc jsonb, old json, docs jsonb[], at timestamptz, local timestamp, day date, bytes bytea, u uuid, m mood, moods mood[],"
        " s short, p pair, r int4range, rs int4range[], span interval, spans interval[], address inet, mac macaddr, bits bit(3),"
        " where_ point, acl aclitem, none text, o oid);"
        "create publication p for table samples");
    const std::string change =
        R"sql(insert into samples values (1, true, '{1,null,3}', '{{1,2},{3,4}}', 1.50, 0.1, 0.1, '{"a": [1, null]}', '[true]',
              array['{"a": 1}', '2']::jsonb[], '2024-05-01 12:00:00+00', '2024-05-01 12:00:00', '2024-05-01', '\x00ff',
              '00112233-4455-6677-8899-aabbccddeeff', 'happy', '{sad,happy}', 'brief', '(7,"se ven")', '[1,5)', '{"[1,5)"}',
              '1 day 02:00:00', '{"1 day",null}', '192.168.0.1', '08:00:2b:01:02:03', '101', '(1,2)', 'postgres=r/postgres',
              null, 5))sql";
    const auto binary = json_of_insert(true, change);
    sql("delete from samples");
    const auto text = json_of_insert(false, change);
    EXPECT_EQ(text, binary);
    EXPECT_TRUE(text.starts_with(R"({"id":1,"yes":true,"numbers":[1,null,3],"matrix":[[1,2],[3,4]],"n":"1.50",)")) << text;
}

TEST_F(replication_text, that_cannot_be_converted_is_a_string_in_json) {
    sql("create type pair as (a int, b text); create table t (c regclass, p pair[], b box[], m money); create publication p for table t;"
        "alter table t replica identity full");
    const auto json = json_of_insert(false, "insert into t values ('pg_class', array[(1, 'x')::pair], '{(1,1),(0,0)}', 1.5)");
    EXPECT_TRUE(json.starts_with(R"({"c":"pg_class","p":"{\"(1,x)\"}","b":"{(1,1),(0,0)}","m":")")) << json;
}

TEST_F(replication_text, that_cannot_be_converted_is_a_string_also_if_it_is_an_empty_array) {
    sql("create type pair as (a int, b text); create table t (p pair[], b box[], i int[]); create publication p for table t");
    EXPECT_EQ(json_of_insert(false, "insert into t values ('{}', '{NULL}', '{NULL}')"),
              R"({"p":"{}","b":"{NULL}","i":[null]})");
}

TEST_F(replication_text, is_exact_and_readable_whatever_the_defaults_of_the_server) {
    using microseconds_of_time = std::chrono::sys_time<std::chrono::microseconds>;
    database("set datestyle = ''German''");
    database("set intervalstyle = ''sql_standard''");
    database("set extra_float_digits = -5");
    sql("create table t (id int primary key, at timestamptz, day date, f float8, span interval, c regclass); "
        "create publication p for table t");
    with_stream(stream_as(false), [&](replication_stream& s) -> task<> {
        sql("insert into t values (1, '2000-01-01 00:00:01+00', '2024-05-13', 0.1::float8 + 0.2::float8, '1 day 02:00:00', 't')");
        const auto i = co_await next_of<replication::insert>(s);
        const auto at = i.row[1].as<microseconds_of_time>();
        EXPECT_TRUE(at && at.value() == std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) + std::chrono::seconds(1));
        EXPECT_EQ(i.row[2].text().value(), "2024-05-13");
        EXPECT_EQ(i.row[3].as<double>().value(), 0.1 + 0.2);
        EXPECT_EQ(i.row[4].text().value(), "1 day 02:00:00");
        EXPECT_EQ(i.row[5].text().value(), "public.t");
        co_return success();
    });
}

TEST_F(replication_text, is_readable_after_a_reconnection_and_beside_the_users_own_options) {
    sql("create table t (id int primary key, day date); create publication p for table t");
    run([&]() -> task<> {
        auto where = config();
        where.options("-c datestyle=German -c application_name=chosen");
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, where));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), stream_as(false)));
        sql("insert into t values (1, '2024-05-13')");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[1].text().value(), "2024-05-13");
        EXPECT_EQ(judge_.value("select application_name from pg_stat_replication"), "chosen");
        s.confirm((co_await next_of<replication::commit>(s)).end);
        sql("select pg_terminate_backend(active_pid, 20000) from pg_replication_slots");
        sql("insert into t values (2, '2024-05-14')");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[1].text().value(), "2024-05-14");
        EXPECT_EQ(judge_.value("select application_name from pg_stat_replication"), "chosen");
        co_return co_await s.stop();
    });
}

TEST_F(replication_text, stands_for_values_of_a_type_that_was_dropped) {
    with_dropped_type(false, [](const pgcoro::changed_row& row) {
        const auto json = to_json(row);
        ASSERT_TRUE(json) << error_of(json);
        EXPECT_EQ(boost::json::serialize(json.value()), R"({"id":1,"m":"happy"})");
    });
}

TEST_F(replication_text, is_not_made_up_for_a_type_that_was_dropped_and_the_error_names_the_type) {
    with_dropped_type(true, [](const pgcoro::changed_row& row) {
        EXPECT_EQ(row[1].column().type_name, "public.mood");
        const auto failure = error_of(to_json(row));
        EXPECT_EQ(failure, errc::unknown_type);
        EXPECT_NE(failure.message().find("\"m\" (public.mood)"), std::string::npos) << failure;
        EXPECT_NE(error_of(row[1].as<std::string>()).message().find("public.mood"), std::string::npos);
    });
}

TEST_F(replication_text, is_not_made_up_for_values_whose_binary_format_is_unknown) {
    sql("create table t (id int primary key, price money, prices money[]); create publication p for table t");
    const auto json = json_of_insert(true, "insert into t values (1, 1.5, null)");
    EXPECT_NE(json.find("\"price\" (money)"), std::string::npos) << json;
    const auto inside = json_of_insert(true, "insert into t values (2, null, '{1.5}')");
    EXPECT_NE(inside.find("\"prices\" (money[])"), std::string::npos) << inside;
}

} // namespace
