// SPDX-License-Identifier: BSL-1.0
// The line of a replication stream fails at ever other bytes: the copy is complete, and nothing is applied twice.
#include "support/replica.hpp"
#include "support/replication_fixture.hpp"

#include <pgcoro/testing/fault_proxy.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <memory>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::replication_options;
using pgcoro::task;
using pgcoro::testing::ephemeral_server;
using pgcoro::testing::fault_proxy;
using pgcoro::testing::fault_script;
using pgcoro::testing::line_fault;
namespace replication = pgcoro::replication;

class line_replication : public ::testing::Test {
protected:
    line_replication() {
        const std::string table = "create table t (id int generated always as identity primary key, v text)";
        target_.value("create table t (id int primary key, v text)");
        source_.value(table);
        source_.value("create type mood as enum ('sad', 'happy')");
        source_.value("create publication p for table t");
    }

    /// Several transactions for each new connection, so that there is always something to be cut.
    void write() {
        source_.value("insert into t (v) values (repeat('a', 30)), (repeat('b', 40))");
        source_.value("insert into t (v) select 'c' from generate_series(1, 5)");
        source_.value("update t set v = 'changed' where id % 7 = 0 and id > (select max(id) - 10 from t)");
    }

    /// Gives each new connection the next script, until there are no more and the copy is the same.
    void follow(const std::vector<fault_script>& scripts, const replication_options& options) {
        const std::string sum = "select count(*) || md5(string_agg(t::text, ',' order by id)) from t";
        proxy_.next(fault_script());
        for (const auto& script : scripts) {
            proxy_.next(script);
        }
        run(
            [&]() -> task<> {
                connect_config config(proxy_.dsn());
                config.attempt_timeout(3s);
                BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(co_await asio::this_coro::executor, config));
                BOOST_OUTCOME_CO_TRY(co_await c.create_slot("s"));
                BOOST_OUTCOME_CO_TRY(auto s, co_await c.start("s", options));
                replica copy(server_.dsn() + " dbname=target");
                proxy_.cut(); // the first one has no other fault
                const auto wanted = scripts.size() + 2;
                for (bool is_over = false; !is_over || source_.value(sum) != target_.value(sum);) {
                    const auto event = co_await s.next().within(100ms);
                    if (!event && event.error() == pgcoro::errc::timed_out) {
                        write(); // the line has not come to its end yet
                        is_over = proxy_.connections().size() >= wanted;
                        continue;
                    }
                    if (!event) {
                        co_return event.error();
                    }
                    if (std::holds_alternative<replication::restarted>(event.value())) {
                        ++restarts_;
                        write();
                    }
                    if (const auto end = copy.apply(event.value())) {
                        s.confirm(*end);
                    }
                }
                co_return co_await s.stop();
            },
            5 * patience);
        EXPECT_GT(restarts_, 1u);
    }

    static ephemeral_server make_server() {
        auto made = ephemeral_server::create(logical_server()).value();
        static_cast<void>(made.run_sql("create database target").value());
        return made;
    }

    ephemeral_server server_ = make_server();
    fault_proxy proxy_ = fault_proxy::create(server_).value();
    libpq_session source_{server_.dsn()};
    libpq_session target_{server_.dsn() + " dbname=target"};
    std::size_t restarts_ = 0;
};

TEST_F(line_replication, cut_by_the_server_side_at_every_few_bytes_loses_and_repeats_nothing) {
    std::vector<fault_script> scripts;
    for (std::uint64_t at = 0; at < 4500; at += 43) {
        auto& script = scripts.emplace_back();
        script.downstream.limit_data = at;
        script.downstream.at_limit = at % 2 == 0 ? line_fault::cut : line_fault::reset;
    }
    follow(scripts, quick_stream("p"));
}

TEST_F(line_replication, cut_by_the_clients_side_at_every_few_bytes_loses_and_repeats_nothing) {
    std::vector<fault_script> scripts;
    for (std::uint64_t at = 0; at < 1500; at += 31) {
        auto& script = scripts.emplace_back();
        script.upstream.limit_data = at;
        script.upstream.at_limit = at % 2 == 0 ? line_fault::reset : line_fault::cut;
    }
    follow(scripts, quick_stream("p"));
}

TEST_F(line_replication, that_is_silent_is_given_up) {
    std::vector<fault_script> scripts;
    for (const std::uint64_t at : {1700U, 4000U, 4500U}) {
        auto& script = scripts.emplace_back();
        script.downstream.limit_data = at;
        script.downstream.at_limit = line_fault::half_open;
    }
    auto options = quick_stream("p");
    options.status_interval = 50ms;
    options.answer_timeout = 2s;
    follow(scripts, options);
}

TEST_F(line_replication, lets_go_of_who_waits_when_its_loop_ends_while_it_connects) {
    const auto held = std::make_shared<int>();
    const std::weak_ptr<int> waits = held;
    bool is_waiting = false;
    fault_script silent;
    silent.at_start = pgcoro::testing::greeting::silence;
    proxy_.next(fault_script());
    proxy_.next(silent);
    {
        asio::io_context loop;
        const auto wait = [&](std::shared_ptr<int> kept) -> asio::awaitable<void> {
            connect_config config(proxy_.dsn());
            auto c = co_await pgcoro::connect_replication(loop.get_executor(), config);
            static_cast<void>((co_await c.value().create_slot("s")).value());
            auto options = quick_stream("p");
            auto s = (co_await c.value().start("s", options)).value();
            is_waiting = true;
            for (auto event = co_await s.next(); event; event = co_await s.next()) {
                *kept += 1;
            }
        };
        asio::co_spawn(loop, wait(held), asio::detached);
        while (!is_waiting) {
            loop.run_one();
        }
        proxy_.cut();
        while (proxy_.connections().size() < 2) {
            loop.run_one_for(10ms);
        }
        EXPECT_EQ(waits.use_count(), 2);
    }
    EXPECT_EQ(waits.use_count(), 1) << "the coroutine is still there";
}

} // namespace
