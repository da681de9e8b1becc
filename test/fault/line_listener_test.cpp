// SPDX-License-Identifier: BSL-1.0
// The line of a listener fails while numbered notifications are sent: each number that is missing lies in a gap.
#include "line_fixture.hpp"
#include "support/heard_numbers.hpp"
#include "support/started.hpp"

#include <pgcoro/listener.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <set>
#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connection;
using pgcoro::listener;
using pgcoro::listener_options;
using pgcoro::task;
using pgcoro::testing::fault_proxy;
using pgcoro::testing::fault_script;
using pgcoro::testing::line_fault;

/// Where the first connection of a listener fails.
struct failing_at {
    bool upstream = false;
    std::uint64_t byte = 0;
};

/// Numbers its notifications in a table, over a connection that does not fail.
struct numbering {
    connection& db;
    int session;
    std::int64_t last = 0;

    std::string channel() const { return "numbers_" + std::to_string(session); }
    task<> send(int count = 1) {
        for (; count > 0; --count) {
            BOOST_OUTCOME_CO_TRY(co_await db.execute("with sent as (insert into numbers values ($1, $2) returning n) "
                                                     "select pg_notify($3, n::text) from sent",
                                                     session, last + 1, channel()));
            ++last;
        }
        co_return success();
    }
    asio::awaitable<std::set<std::int64_t>> committed() {
        auto rows = co_await db.fetch<std::int64_t>("select n from numbers where session = $1", session);
        EXPECT_TRUE(rows) << error_of(rows);
        co_return std::set<std::int64_t>(rows.value().begin(), rows.value().end());
    }
};

class failing_listener : public failing_line {
protected:
    void sweep_line(line_fault what, std::uint64_t stride) {
        judge_.value("set client_min_messages = warning; drop table if exists numbers; "
                     "create table numbers (session int, n bigint, primary key (session, n))");
        what_ = what;
        points_.clear();
        next_ = struck_ = missing_ = 0;
        run([&]() -> task<> { co_return co_await measure(stride); });
        const auto all = [&]() -> task<> {
            const auto executor = co_await asio::this_coro::executor;
            std::size_t running = workers;
            for (std::size_t n = 0; n != workers; ++n) {
                asio::co_spawn(executor, play_all(), [&](std::exception_ptr thrown, const pgcoro::result<>& r) {
                    --running;
                    EXPECT_FALSE(thrown);
                    EXPECT_TRUE(r) << error_of(r);
                });
            }
            while (running != 0) {
                co_await asio::post(asio::use_awaitable);
            }
            co_return success();
        };
        run(all, 3600s);
        EXPECT_GT(struck_, 0u);
        EXPECT_GT(missing_, 0u) << "nothing was sent while the line was down";
        std::cout << "listener, at every " << stride << ". byte: " << points_.size() << " sessions, " << struck_ << " struck, "
                  << missing_ << " notifications in gaps\n";
    }

private:
    static constexpr std::size_t workers = 8;

    /// How many bytes a session has that nothing befalls. One that is half open is not tried before the end of the log-in.
    task<> measure(std::uint64_t stride) {
        BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(server_->dsn()));
        auto proxy = fault_proxy::create(server_->socket_directory().string(), server_->port()).value();
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect(through(proxy)));
        auto login = proxy.connections().back();
        c.close();
        if (what_ != line_fault::half_open) {
            login.upstream = login.downstream = 0;
        }
        BOOST_OUTCOME_CO_TRY(co_await play(proxy, db, 0));
        const auto whole = proxy.connections()[1];
        for (auto at = login.upstream; at <= whole.upstream; at += stride) {
            points_.push_back({true, at});
        }
        for (auto at = login.downstream; at <= whole.downstream; at += stride) {
            points_.push_back({false, at});
        }
        co_return success();
    }

    task<> play_all() {
        BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(server_->dsn()));
        auto proxy = fault_proxy::create(server_->socket_directory().string(), server_->port()).value();
        while (next_ != points_.size()) {
            const auto number = next_++;
            const auto point = points_[number];
            fault_script script;
            auto& side = point.upstream ? script.upstream : script.downstream;
            side.limit_data = point.byte;
            side.at_limit = what_;
            const auto first = proxy.connections().size();
            proxy.next(script);
            BOOST_OUTCOME_CO_TRY(co_await play(proxy, db, static_cast<int>(number) + 1));
            struck_ += proxy.connections()[first].limit_reached ? 1 : 0;
        }
        co_return success();
    }

    /// Sends before, during and after the failure, reads everything, and compares it with the table.
    task<> play(fault_proxy& proxy, connection& db, int session) {
        numbering numbers{db, session};
        heard_numbers heard;
        {
            listener l(co_await asio::this_coro::executor, through(proxy), options());
            const started listened(l.listen(numbers.channel()));
            BOOST_OUTCOME_CO_TRY(co_await numbers.send(3));
            BOOST_OUTCOME_CO_TRY(co_await listened.get());
            BOOST_OUTCOME_CO_TRY(co_await numbers.send(3));
            BOOST_OUTCOME_CO_TRY(co_await l.listen("another"));
            BOOST_OUTCOME_CO_TRY(co_await numbers.send(3));
            while (heard.last() != numbers.last) {
                BOOST_OUTCOME_CO_TRY(const auto event, co_await l.next().within(patience));
                heard.add(event);
                if (std::holds_alternative<pgcoro::gap>(event)) {
                    BOOST_OUTCOME_CO_TRY(co_await numbers.send()); // the last one may be missing
                }
            }
        }
        // What is half open stays so otherwise, and what was being opened is closed in a turn of the loop.
        const auto limit = std::chrono::steady_clock::now() + patience;
        while (has_open_connections(proxy) && std::chrono::steady_clock::now() < limit) {
            proxy.reset_all();
            co_await asio::post(asio::use_awaitable);
        }
        BOOST_OUTCOME_CO_TRY(proxy.wait_until_closed());
        const auto sent = co_await numbers.committed();
        EXPECT_EQ(heard.compare(sent), 0) << "session " << session;
        missing_ += session == 0 ? 0 : sent.size() - heard.numbers();
        co_return success();
    }

    static bool has_open_connections(const fault_proxy& proxy) {
        const auto all = proxy.connections();
        return std::ranges::any_of(all, [](const auto& c) { return c.is_open; });
    }

    static pgcoro::connect_config through(const fault_proxy& proxy) {
        pgcoro::connect_config config("dbname=postgres sslmode=disable user=" + server_->superuser());
        config.host("127.0.0.1").port(proxy.port()).application_name("faulty");
        return config;
    }
    /// What is half open is noticed by the listener alone. One that is only slow is lost as well, and made anew.
    listener_options options() const {
        listener_options quick;
        quick.backoff.initial = 1ms;
        quick.backoff.maximum = 20ms;
        if (what_ == line_fault::half_open) {
            quick.ping_interval = 100ms;
            quick.answer_timeout = 1s;
        }
        return quick;
    }

    line_fault what_ = line_fault::cut;
    std::vector<failing_at> points_;
    std::size_t next_ = 0;
    std::size_t struck_ = 0;
    std::size_t missing_ = 0;
};

TEST_F(failing_listener, that_is_cut_reports_each_gap) { sweep_line(line_fault::cut, 13); }
TEST_F(failing_listener, that_is_reset_reports_each_gap) { sweep_line(line_fault::reset, 29); }
TEST_F(failing_listener, that_is_half_open_reports_each_gap) { sweep_line(line_fault::half_open, 31); }

class slow_listener : public failing_listener {};

TEST_F(slow_listener, cut_at_every_byte) { sweep_line(line_fault::cut, 1); }
TEST_F(slow_listener, reset_at_every_byte) { sweep_line(line_fault::reset, 1); }

} // namespace
