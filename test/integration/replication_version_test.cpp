// SPDX-License-Identifier: BSL-1.0
// What only newer servers know.
#include "support/hostile_server.hpp"
#include "support/replication_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::connect_replication;
using pgcoro::errc;
using pgcoro::replication_stream;
using pgcoro::slot_options;
using pgcoro::stream_large_transactions;
using pgcoro::task;
namespace replication = pgcoro::replication;

class replication_version : public replication_test {
protected:
    replication_version() { sql("create table t (id int primary key, v text); create publication p for table t"); }
    bool is_at_least(int major) { return std::stoi(judge_.value("show server_version_num")) >= major * 10'000; }
};

TEST_F(replication_version, of_16_leaves_out_what_came_from_elsewhere) {
    if (!is_at_least(16)) {
        GTEST_SKIP() << "needs PostgreSQL 16";
    }
    auto options = quick_stream("p");
    options.only_local = true;
    with_stream(options, [&](replication_stream& s) -> task<> {
        sql("select pg_replication_origin_create('elsewhere')");
        sql("select pg_replication_origin_session_setup('elsewhere')");
        sql("insert into t values (1, 'copied')");
        sql("select pg_replication_origin_session_reset()");
        sql("select pg_replication_origin_drop('elsewhere')");
        sql("insert into t values (2, 'local')");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 2);
        co_return success();
    });
}

TEST_F(replication_version, of_16_tells_where_an_aborted_part_ends) {
    if (!is_at_least(16)) {
        GTEST_SKIP() << "needs PostgreSQL 16";
    }
    auto options = quick_stream("p");
    options.streaming = stream_large_transactions::parallel;
    sql("alter system set logical_decoding_work_mem = '64kB'");
    sql("select pg_reload_conf()");
    with_stream(options, [&](replication_stream& s) -> task<> {
        sql("begin; insert into t select i, repeat('x', 400) from generate_series(1, 500) i; savepoint a;"
            "insert into t select i, repeat('y', 400) from generate_series(501, 1000) i; rollback to a; commit");
        const auto started = co_await next_of<replication::stream_start>(s);
        int rows = 0;
        bool was_aborted = false;
        for (bool is_over = false; !is_over;) {
            BOOST_OUTCOME_CO_TRY(const auto event, co_await s.next());
            if (const auto* i = std::get_if<replication::insert>(&event)) {
                rows += i->row[0].as<int>().value() <= 500 ? 1 : 0;
            } else if (const auto* a = std::get_if<replication::stream_abort>(&event)) {
                EXPECT_EQ(a->id, started.id);
                EXPECT_NE(a->part, started.id);
                was_aborted = true;
            } else if (const auto* end = std::get_if<replication::stream_commit>(&event)) {
                EXPECT_EQ(end->id, started.id);
                is_over = true;
            }
        }
        EXPECT_EQ(rows, 500);
        EXPECT_TRUE(was_aborted);
        co_return success();
    });
}

TEST_F(replication_version, of_17_has_slots_that_survive_a_failover) {
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        slot_options how;
        how.failover = true;
        const auto made = co_await c.create_slot(slot(), how);
        if (is_at_least(17)) {
            EXPECT_FALSE(error_of(made));
            EXPECT_EQ(judge_.value("select failover from pg_replication_slots"), "t");
        } else {
            EXPECT_EQ(error_of(made), errc::invalid_configuration);
        }
        EXPECT_TRUE(c.is_open());
        co_return success();
    });
}

/// The position of the slot, the timeout, and no publication that is missing.
std::string answer_before_start() {
    using namespace messages;
    return columns({{"confirmed"}, {"timeout"}, {"missing"}}) +
           message('D', int16(3) + int32(4) + "0/10" + int32(1) + "0" + int32(-1)) + complete("SELECT 1") + ready();
}

/// In one piece, as it may come.
std::string beginning_with_warning() {
    using namespace messages;
    return message('W', '\0' + int16(0)) +
           complaint('N', {{'S', "WARNING"}, {'V', "WARNING"}, {'C', "55000"}, {'M', "skipped loading publication \"p\""}});
}

asio::awaitable<void> stream_without_publication(victim& client) {
    co_await client.let_in();
    co_await client.hear('Q');
    co_await client.say(answer_before_start());
    co_await client.hear('Q');
    co_await client.say(beginning_with_warning());
    co_await client.stay();
}

TEST(replication_warning, of_18_is_heard_with_the_beginning_of_the_stream) {
    asio::io_context loop(1);
    hostile_server server(loop, stream_without_publication);
    run(loop, [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, server.config()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start("s", quick_stream("p")));
        const auto why = error_of(co_await s.next().within(std::chrono::seconds(10)));
        EXPECT_EQ(why, errc::no_such_publication) << why;
        EXPECT_NE(why.message().find("skipped loading"), std::string::npos) << why;
        co_return success();
    });
}

} // namespace
