// SPDX-License-Identifier: BSL-1.0
// How a replication stream begins, goes on after losses, and ends.
#include "support/replication_fixture.hpp"

#include <thread>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_replication;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::lsn;
using pgcoro::replication_stream;
using pgcoro::slot_options;
using pgcoro::sqlstate;
using pgcoro::task;
namespace replication = pgcoro::replication;

class replication_life : public replication_test {
protected:
    replication_life() { sql("create table t (id int primary key); create publication p for table t"); }

    /// Asks with a connection of its own.
    void with_replication(const std::function<task<>(pgcoro::replication_connection&)>& body) {
        run([&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
            co_return co_await body(c);
        });
    }
    void terminate_walsender() {
        sql("select pg_terminate_backend(active_pid, 20000) from pg_replication_slots where slot_name = '" + slot() + "'");
    }
};

TEST_F(replication_life, begins_with_a_slot_and_a_publication_that_exist) {
    with_replication([&](pgcoro::replication_connection& c) -> task<> {
        const auto identity = co_await c.identify();
        EXPECT_EQ(identity.value().identifier, judge_.value("select system_identifier from pg_control_system()"));
        EXPECT_EQ(identity.value().database, "postgres");
        EXPECT_EQ(error_of(co_await c.create_slot("Not Allowed")), sqlstate::invalid_name);
        EXPECT_EQ(error_of(co_await c.start(slot(), quick_stream("p"))), sqlstate::undefined_object);
        const auto made = co_await c.create_slot(slot());
        EXPECT_EQ(made.value().name, slot());
        EXPECT_GT(made.value().consistent_point, lsn());
        EXPECT_EQ(error_of(co_await c.create_slot(slot())), sqlstate::duplicate_object);
        const auto missing = co_await c.start(slot(), quick_stream("p", "it's missing"));
        EXPECT_EQ(error_of(missing), errc::no_such_publication);
        EXPECT_NE(error_of(missing).message().find("it's missing"), std::string::npos);
        EXPECT_EQ(error_of(co_await c.start(slot(), quick_stream())), errc::invalid_configuration);
        EXPECT_TRUE(c.is_open());
        EXPECT_FALSE(error_of(co_await c.drop_slot(slot())));
        EXPECT_EQ(error_of(co_await c.drop_slot(slot())), sqlstate::undefined_object);
        co_return success();
    });
}

TEST_F(replication_life, goes_on_where_the_consumer_has_confirmed) {
    lsn end;
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        sql("insert into t values (1)");
        end = (co_await next_of<replication::commit>(s)).end;
        s.confirm(end);
        sql("insert into t values (2)");
        co_await next_of<replication::commit>(s); // and does not confirm that
        co_return success();
    });
    with_replication([&](pgcoro::replication_connection& c) -> task<> {
        auto options = quick_stream("p");
        options.position = end;
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), options));
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 2);
        co_return co_await s.stop();
    });
}

TEST_F(replication_life, tells_that_changes_are_lost_when_the_slot_is_ahead) {
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        sql("insert into t values (1)");
        s.confirm((co_await next_of<replication::commit>(s)).end);
        co_return success();
    });
    with_replication([&](pgcoro::replication_connection& c) -> task<> {
        auto options = quick_stream("p");
        options.position = lsn(1);
        const auto s = co_await c.start(slot(), options);
        EXPECT_EQ(error_of(s), errc::changes_lost);
        co_return success();
    });
}

TEST_F(replication_life, comes_back_after_a_loss_and_repeats_no_whole_transaction) {
    auto options = quick_stream("p");
    std::vector<error> lost;
    options.on_lost = [&](const error& why) { lost.push_back(why); };
    with_stream(options, [&](replication_stream& s) -> task<> {
        sql("insert into t values (1)");
        co_await next_of<replication::commit>(s); // is not confirmed
        sql("begin; insert into t values (2); insert into t values (3); commit");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 2);
        terminate_walsender();
        auto event = co_await s.next(); // what had come
        while (event && !std::holds_alternative<replication::restarted>(event.value())) {
            EXPECT_FALSE(std::holds_alternative<replication::begin>(event.value()));
            event = co_await s.next();
        }
        if (!event) {
            co_return error_of(event);
        }
        EXPECT_EQ(std::get<replication::restarted>(event.value()).reason.sqlstate(), sqlstate::admin_shutdown);
        sql("insert into t values (4)");
        std::vector<int> ids;
        while (ids.empty() || ids.back() != 4) {
            ids.push_back((co_await next_of<replication::insert>(s)).row[0].as<int>().value());
        }
        EXPECT_TRUE(ids == (std::vector<int>{2, 3, 4}) || ids == std::vector<int>{4}) << ids.size(); // never 1
        co_return success();
    });
    EXPECT_GE(lost.size(), 1u);
}

TEST_F(replication_life, waits_for_a_slot_that_is_in_use) {
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        auto c = co_await connect_replication(co_await asio::this_coro::executor, config());
        started second(c.value().start(slot(), quick_stream("p")));
        co_await until(judge_, "select count(*) = 2 from pg_stat_activity where backend_type = 'walsender'");
        EXPECT_FALSE(second.is_complete());
        EXPECT_FALSE(error_of(co_await s.stop()));
        auto taken = co_await second.get();
        EXPECT_FALSE(error_of(taken));
        s = std::move(taken).value();
        sql("insert into t values (7)");
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 7);
        auto other = co_await connect_replication(co_await asio::this_coro::executor, config());
        EXPECT_EQ(error_of(co_await other.value().start(slot(), quick_stream("p")).within(50ms)), errc::timed_out);
        co_return success();
    });
}

TEST_F(replication_life, ends_for_good_when_its_slot_is_gone) {
    slot_options how;
    how.temporary = true;
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot(), how));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), quick_stream("p")));
        started waiting(s.next());
        terminate_walsender();
        EXPECT_EQ(error_of(co_await waiting.get()), sqlstate::undefined_object);
        EXPECT_EQ(error_of(co_await s.next()), sqlstate::undefined_object);
        co_return success();
    });
}

TEST_F(replication_life, ends_for_good_when_its_publication_is_dropped) {
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot(slot()));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), quick_stream("p")));
        sql("insert into t values (1)");
        co_await next_of<replication::commit>(s);
        sql("drop publication p");
        sql("insert into t values (2)");
        const auto event = co_await s.next();
        const error why = error_of(event);
        // Older servers end the stream themselves.
        EXPECT_TRUE(why == errc::no_such_publication || why == sqlstate::undefined_object) << why;
        EXPECT_EQ(error_of(co_await s.next()).code(), why.code());
        co_return success();
    });
}

TEST_F(replication_life, loses_no_event_to_a_wait_that_is_given_up) {
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        EXPECT_EQ(error_of(co_await s.next().within(20ms)), errc::timed_out);
        started first(s.next());
        EXPECT_EQ(error_of(co_await s.next()).code(), boost::system::errc::operation_in_progress);
        sql("insert into t values (1)");
        EXPECT_FALSE(error_of(co_await first.get())); // the transaction's begin, or a keepalive before it
        EXPECT_EQ((co_await next_of<replication::insert>(s)).row[0].as<int>().value(), 1);
        co_return success();
    });
}

TEST_F(replication_life, keeps_neither_log_nor_shutdown_waiting_while_its_tables_are_quiet) {
    auto server = pgcoro::testing::ephemeral_server::create(logical_server()).value();
    std::optional<libpq_session> judge(server.dsn());
    judge->value("create table quiet (id int primary key); create table busy (id int); create publication p for table quiet");
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, server.dsn()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot("s"));
        auto options = quick_stream("p");
        options.status_interval = 20ms;
        options.backoff.attempts = 0;
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start("s", options));
        judge->value("insert into busy select generate_series(1, 10000)");
        const auto end = judge->value("select pg_current_wal_lsn()");
        while (judge->value("select confirmed_flush_lsn >= '" + end + "' from pg_replication_slots") != "t") {
            const auto event = co_await s.next().within(20ms);
            EXPECT_TRUE(event ? std::holds_alternative<replication::keepalive>(event.value())
                              : error_of(event) == errc::timed_out);
        }
        judge.reset();
        std::jthread stopper([&] { EXPECT_FALSE(error_of(server.stop(pgcoro::testing::shutdown_mode::fast))); }); // in time
        auto event = co_await s.next();
        while (event) {
            EXPECT_TRUE(std::holds_alternative<replication::keepalive>(event.value()));
            event = co_await s.next();
        }
        EXPECT_TRUE(error_of(event).connection_lost());
        co_return success();
    });
}

TEST_F(replication_life, confirms_no_keepalive_before_the_consumer_could_store_it) {
    lsn stored;
    with_stream(quick_stream("p"), [&](replication_stream& s) -> task<> {
        sql("insert into t values (1)");
        stored = (co_await next_of<replication::commit>(s)).end;
        s.confirm(stored);
        sql("create table others (id int); insert into others select generate_series(1, 1000)");
        const auto k = co_await next_of<replication::keepalive>(s);
        EXPECT_GT(k.end, stored);
        EXPECT_EQ(s.confirmed(), stored);
        co_return success();
    });
    with_replication([&](pgcoro::replication_connection& c) -> task<> {
        auto options = quick_stream("p");
        options.position = stored;
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start(slot(), options)); // the slot is not ahead
        co_return co_await s.stop();
    });
}

TEST_F(replication_life, is_kept_by_a_consumer_that_is_busy) {
    auto server = pgcoro::testing::ephemeral_server::create(logical_server({{"wal_sender_timeout", "1s"}})).value();
    libpq_session judge(server.dsn());
    judge.value("create table t (id int primary key); create publication p for table t");
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, server.dsn()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot("s"));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start("s", quick_stream("p")));
        judge.value("insert into t values (1)");
        co_await next_of<replication::insert>(s);
        const auto walsender = judge.value("select active_pid from pg_replication_slots");
        // It does not read for three times as long as the server waits.
        co_await until(judge, "select reply_time > backend_start + interval '3 s' from pg_stat_replication");
        EXPECT_EQ(judge.value("select active_pid from pg_replication_slots"), walsender);
        co_await next_of<replication::commit>(s);
        co_return co_await s.stop();
    });
}

TEST_F(replication_life, ends_for_good_when_its_slot_has_lost_its_log) {
    auto server = pgcoro::testing::ephemeral_server::create(logical_server({{"max_slot_wal_keep_size", "1MB"}})).value();
    libpq_session judge(server.dsn());
    judge.value("create table t (id int primary key, v text); create publication p for table t");
    judge.value("select pg_create_logical_replication_slot('s', 'pgoutput')");
    for (int i = 0; i < 3; ++i) {
        judge.value("insert into t select " + std::to_string(i * 100'000) +
                    " + n, repeat('x', 200) from generate_series(1, 60000) n");
        judge.value("select pg_switch_wal()");
        judge.value("checkpoint");
    }
    EXPECT_EQ(judge.value("select wal_status from pg_replication_slots"), "lost");
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, server.dsn()));
        EXPECT_EQ(error_of(co_await c.start("s", quick_stream("p"))), sqlstate::object_not_in_prerequisite_state);
        co_return success();
    });
}

TEST_F(replication_life, is_the_same_over_tls) {
    auto options = logical_server();
    options.tls.emplace();
    auto server = pgcoro::testing::ephemeral_server::create(options).value();
    libpq_session judge(server.dsn());
    judge.value("create table t (id int primary key, v text); create publication p for table t");
    run([&]() -> task<> {
        pgcoro::connect_config config(server.tcp_dsn());
        config.sslmode(pgcoro::sslmode::verify_full).ca_file(server.ca_file().string()).host("localhost");
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect_replication(co_await asio::this_coro::executor, config));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot("s"));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start("s", quick_stream("p")));
        judge.value("insert into t select i, repeat('x', i % 500) from generate_series(1, 20000) i");
        int rows = 0;
        for (bool is_over = false; !is_over;) {
            BOOST_OUTCOME_CO_TRY(const auto event, co_await s.next());
            rows += std::holds_alternative<replication::insert>(event) ? 1 : 0;
            is_over = std::holds_alternative<replication::commit>(event);
        }
        EXPECT_EQ(rows, 20000);
        co_return co_await s.stop();
    });
}

TEST_F(replication_life, creates_slots_that_can_be_given_up) {
    libpq_session other(logical_server_of_all().dsn());
    other.value("begin; select pg_current_xact_id()");
    with_replication([&](pgcoro::replication_connection& c) -> task<> {
        EXPECT_EQ(error_of(co_await c.create_slot(slot()).within(100ms)), errc::timed_out);
        EXPECT_TRUE(c.is_open());
        other.value("rollback");
        EXPECT_FALSE(error_of(co_await c.create_slot(slot())));
        co_return success();
    });
}

} // namespace
