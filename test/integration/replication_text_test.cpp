// SPDX-License-Identifier: BSL-1.0
// Rows whose values come as text.
#include "support/replication_fixture.hpp"

#include <pgcoro/rows_by_name.hpp>

#include <boost/describe/class.hpp>

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
};

TEST_F(replication_text, of_a_column_that_is_not_read_need_not_be_convertible) {
    sql("create table items (id int8 primary key, name text, span interval, "
        "address inet); create publication p for table items");
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

TEST_F(replication_text, is_exact_and_readable_whatever_the_defaults_of_the_server) {
    using microseconds_of_time = std::chrono::sys_time<std::chrono::microseconds>;
    database("set datestyle = ''German''");
    database("set intervalstyle = ''sql_standard''");
    database("set extra_float_digits = -5");
    sql("create table t (id int primary key, at timestamptz, day date, f float8, "
        "span interval); create publication p for table t");
    with_stream(stream_as(false), [&](replication_stream& s) -> task<> {
        sql("insert into t values (1, '2000-01-01 00:00:01+00', '2024-05-13', "
            "0.1::float8 + 0.2::float8, '1 day 02:00:00')");
        const auto i = co_await next_of<replication::insert>(s);
        const auto at = i.row[1].as<microseconds_of_time>();
        EXPECT_TRUE(at && at.value() == std::chrono::sys_days(std::chrono::year(2000) / 1 / 1) + std::chrono::seconds(1));
        EXPECT_EQ(i.row[2].text().value(), "2024-05-13");
        EXPECT_EQ(i.row[3].as<double>().value(), 0.1 + 0.2);
        EXPECT_EQ(i.row[4].text().value(), "1 day 02:00:00");
        co_return success();
    });
}

TEST_F(replication_text, is_readable_after_a_reconnection_and_beside_the_users_own_options) {
    sql("create table t (id int primary key, day date); create publication p for "
        "table t");
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
        sql("select pg_terminate_backend(active_pid, 20000) from "
            "pg_replication_slots");
        sql("insert into t values (2, '2024-05-14')");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[1].text().value(), "2024-05-14");
        EXPECT_EQ(judge_.value("select application_name from pg_stat_replication"), "chosen");
        co_return co_await s.stop();
    });
}

} // namespace
