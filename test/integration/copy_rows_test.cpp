// SPDX-License-Identifier: BSL-1.0
// Typed COPY: rows of C++ types into tables and out of queries.
#include "support/read_all.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/script.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::copy_target;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

struct reading {
    std::int64_t id = 0;
    std::int32_t sensor = 0;
    double value = 0;
    std::optional<std::string> note;
    std::chrono::sys_time<std::chrono::microseconds> at;

    friend bool operator==(const reading&, const reading&) = default;
};

std::vector<reading> some_readings(std::size_t count) {
    std::vector<reading> all;
    for (std::size_t i = 0; i < count; ++i) {
        const auto n = static_cast<std::int64_t>(i);
        all.push_back({n, static_cast<std::int32_t>(i % 100), static_cast<double>(i) / 4,
                       i % 3 == 0 ? std::nullopt : std::optional<std::string>("note " + std::to_string(i)),
                       std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(n * 1000003))});
    }
    return all;
}

void with_readings(const std::function<task<>(connection&)>& body) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table readings (id int8 primary key, sensor int4 not null, "
                                                "value float8, note text, at timestamptz)"));
        auto outcome = co_await body(c);
        co_return outcome;
    });
}

TEST(copy_rows, there_and_back) {
    with_readings([](connection& c) -> task<> {
        for (const std::size_t count : {0u, 1u, 1000u, 50000u}) {
            const auto sent = some_readings(count);
            BOOST_OUTCOME_CO_TRY(co_await c.execute("truncate readings"));
            BOOST_OUTCOME_CO_TRY(auto tag, co_await c.copy_in(copy_target("readings"), sent));
            EXPECT_EQ(tag.rows_affected(), count);
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.copy_out<reading>("select * from readings order by id"));
            EXPECT_EQ(rows.columns().size(), 5u);
            EXPECT_EQ(rows.columns()[1].name(), "sensor");
            BOOST_OUTCOME_CO_TRY(auto got, co_await read_all(rows));
            EXPECT_TRUE(got == sent);
            EXPECT_EQ(rows.tag().rows_affected(), count);
            BOOST_OUTCOME_CO_TRY(auto fetched, co_await c.fetch<reading>("select * from readings order by id"));
            EXPECT_TRUE(fetched == sent);
        }
        co_return success();
    });
}

TEST(copy_rows, of_any_range) {
    with_readings([](connection& c) -> task<> {
        const copy_target target("readings", {"id", "sensor"});
        const std::list<std::pair<std::int64_t, std::int32_t>> pairs{{1, 10}, {2, 20}};
        BOOST_OUTCOME_CO_TRY(auto tag, co_await c.copy_in(target, pairs));
        EXPECT_EQ(tag, "COPY 2");
        auto made = std::views::iota(3, 1003) | std::views::transform([](int i) { return std::tuple(i, i * 10); });
        BOOST_OUTCOME_CO_TRY(auto more, co_await c.copy_in(target, made));
        EXPECT_EQ(more, "COPY 1000");
        std::vector<std::pair<int, int>> given{{2000, 1}};
        BOOST_OUTCOME_CO_TRY(auto owned, co_await c.copy_in(target, std::move(given)));
        EXPECT_EQ(owned, "COPY 1");
        BOOST_OUTCOME_CO_TRY(auto sum, co_await c.fetch_one<std::int64_t>("select sum(sensor - id * 10)::int8 from readings"));
        EXPECT_EQ(sum, 1 - 20000);
        co_return success();
    });
}

TEST(copy_rows, written_one_after_the_other) {
    with_readings([](connection& c) -> task<> {
        const auto sent = some_readings(20000);
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_rows<reading>(copy_target("readings")));
        for (std::size_t i = 0; i < 1000; ++i) {
            BOOST_OUTCOME_CO_TRY(co_await writer.write(sent[i]));
        }
        BOOST_OUTCOME_CO_TRY(co_await writer.write(std::span(sent).subspan(1000)));
        BOOST_OUTCOME_CO_TRY(auto tag, co_await writer.finish());
        EXPECT_EQ(tag, "COPY 20000");
        BOOST_OUTCOME_CO_TRY(auto fetched, co_await c.fetch<reading>("select * from readings order by id"));
        EXPECT_TRUE(fetched == sent);
        {
            BOOST_OUTCOME_CO_TRY(auto dropped, co_await c.copy_rows<reading>(copy_target("readings")));
            BOOST_OUTCOME_CO_TRY(co_await dropped.write(reading{99999, 1, 1, {}, {}}));
        }
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from readings"));
        EXPECT_EQ(n, 20000);
        co_return success();
    });
}

TEST(copy_rows, that_were_finished_cannot_be_aborted) {
    with_readings([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_rows<reading>(copy_target("readings")));
        BOOST_OUTCOME_CO_TRY(co_await writer.write(some_readings(1).front()));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        EXPECT_EQ(error_of(co_await writer.abort()), errc::connection_closed);
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from readings"));
        EXPECT_EQ(n, 1);
        co_return success();
    });
}

TEST(copy_rows, refuses_members_that_do_not_fit_before_anything_is_sent) {
    with_readings([](connection& c) -> task<> {
        const std::vector<std::tuple<std::int64_t, std::string>> wrong{{1, "one"}};
        auto why = error_of(co_await c.copy_in(copy_target("readings", "id", "sensor"), wrong));
        EXPECT_EQ(why, errc::type_mismatch);
        EXPECT_NE(why.message().find("sensor"), std::string::npos) << why;
        EXPECT_NE(why.message().find("int4"), std::string::npos) << why;
        why = error_of(co_await c.copy_in(copy_target("readings", "id"), wrong));
        EXPECT_EQ(why, errc::column_count_mismatch);
        EXPECT_EQ(error_of(co_await c.copy_in(copy_target("nowhere"), wrong)), sqlstate::undefined_table);
        EXPECT_EQ(error_of(co_await c.copy_in(copy_target("readings", "nothing", "id"), wrong)), sqlstate::undefined_column);
        EXPECT_EQ(error_of(co_await c.copy_in(copy_target(""), wrong)), errc::invalid_text);
        EXPECT_EQ(error_of(co_await c.copy_out<std::string>("select id from readings")), errc::type_mismatch);
        EXPECT_EQ(error_of(co_await c.copy_out<int>("selct 1")), sqlstate::syntax_error);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(copy_rows, leaves_nothing_if_a_value_cannot_be_sent_or_the_server_refuses_a_row) {
    with_readings([](connection& c) -> task<> {
        auto rows = some_readings(5000);
        rows[4321].note = std::string("a\0b", 3);
        auto why = error_of(co_await c.copy_in(copy_target("readings"), rows));
        EXPECT_EQ(why, errc::invalid_text);
        EXPECT_NE(why.message().find("note"), std::string::npos) << why;
        EXPECT_FALSE(why.outcome_unknown());
        rows[4321].note = "fine";
        rows[4322].id = 1;
        why = error_of(co_await c.copy_in(copy_target("readings"), rows));
        EXPECT_EQ(why, sqlstate::unique_violation);
        EXPECT_EQ(pgcoro::copy_line(why), 4323u);
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from readings"));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

// A range that has no end would never stop by itself.
TEST(copy_rows, asks_for_no_more_rows_once_the_server_has_failed) {
    with_readings([](connection& c) -> task<> {
        auto endless = std::views::iota(0) | std::views::transform([](int i) { return std::pair(i % 1000, i); });
        const auto why = error_of(co_await c.copy_in(copy_target("readings", "id", "sensor"), endless));
        EXPECT_EQ(why, sqlstate::unique_violation);
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from readings"));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST(copy_rows, in_transactions_and_on_pools) {
    run([]() -> task<> {
        pgcoro::pool_options options;
        options.max_size = 2;
        pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await pool.execute("create unlogged table copied_rows (a int)"));
        const std::vector<int> first{1, 2, 3};
        const std::vector<int> fourth{4};
        BOOST_OUTCOME_CO_TRY(co_await pool.copy_in("public.copied_rows", first));
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await pool.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.copy_in(copy_target("copied_rows", "a"), fourth));
            BOOST_OUTCOME_CO_TRY(auto rows, co_await tx.copy_out<int>("select a from copied_rows order by a"));
            BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(rows));
            EXPECT_EQ(all, (std::vector<int>{1, 2, 3, 4}));
        }
        BOOST_OUTCOME_CO_TRY(auto rows, co_await pool.copy_out<int>("select a from copied_rows order by a"));
        BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(rows));
        EXPECT_EQ(all, (std::vector<int>{1, 2, 3}));
        BOOST_OUTCOME_CO_TRY(co_await pool.execute("drop table copied_rows"));
        BOOST_OUTCOME_CO_TRY(co_await pool.close());
        co_return success();
    });
}

TEST(copy_rows, with_types_of_the_database) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(
            co_await c.run_script("create type copy_mood as enum ('sad', 'glad'); create domain copy_age as int; "
                                  "create temp table people (mood copy_mood, age copy_age, moods copy_mood[])"));
        using person = std::tuple<std::string, int>;
        const std::vector<person> people{{"sad", 1}, {"glad", 2}};
        BOOST_OUTCOME_CO_TRY(co_await c.copy_in(copy_target("people", "mood", "age"), people));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.copy_out<person>("select mood, age from people order by age"));
        BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(rows));
        EXPECT_EQ(all, people);
        BOOST_OUTCOME_CO_TRY(co_await c.run_script("drop table people; drop type copy_mood; drop domain copy_age"));
        co_return success();
    });
}

} // namespace
