// SPDX-License-Identifier: BSL-1.0
// Clients that work all the time, on a pool or a multiplexer, while something happens to the server.
#pragma once

#include "reports.hpp"
#include "support/run.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::test {

/// So many clients, each with one statement in flight: an insert into `kept` of a number of its own. For one thread; outlives
/// its clients if `stop()` is awaited.
template <class Db>
class load {
public:
    using clock = std::chrono::steady_clock;

    load(Db& db, asio::any_io_executor executor, std::size_t clients) : db_(db), clients_(clients), changed_(executor) {
        changed_.expires_at(clock::time_point::max());
        running_ = clients;
        for (auto& c : clients_) {
            asio::co_spawn(executor, work(c), [this](std::exception_ptr thrown, const result<>&) {
                EXPECT_FALSE(thrown);
                --running_;
                changed_.cancel();
            });
        }
    }
    load(const load&) = delete;
    load& operator=(const load&) = delete;

    /// Until `condition` is true; asked again after each statement. Fails the test if that never comes.
    template <class Condition>
    asio::awaitable<void> until(Condition condition) {
        const auto end = clock::now() + patience / 2;
        while (!condition() && clock::now() < end) {
            asio::steady_timer hurry(changed_.get_executor(), end);
            hurry.async_wait([this](boost::system::error_code cancelled) {
                if (!cancelled) { // else we may be gone
                    changed_.cancel();
                }
            });
            boost::system::error_code notified;
            co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, notified));
        }
        EXPECT_TRUE(condition()) << "somebody is stuck: " << told.summary();
    }
    /// Until each client has had a success since it was called: none waits in vain.
    asio::awaitable<void> until_all_succeed() {
        for (auto& c : clients_) {
            c.waited_for = true;
        }
        co_await until([this] { return std::ranges::none_of(clients_, &client::waited_for); });
    }
    asio::awaitable<void> until_done_more(std::size_t count) {
        const auto wanted = told.done() + count;
        co_await until([this, wanted] { return told.done() >= wanted; });
    }
    asio::awaitable<void> stop() {
        stopping_ = true;
        co_await until([this] { return running_ == 0; });
    }

    /// The most failures one client has had since it was asked last.
    std::size_t most_failures() {
        std::size_t most = 0;
        for (auto& c : clients_) {
            most = std::max(most, std::exchange(c.failures, 0));
        }
        return most;
    }
    /// When the first statement succeeded after `when`; the maximum if none has.
    clock::time_point first_success_after(clock::time_point when) const {
        const auto found = std::ranges::upper_bound(successes_, when);
        return found == successes_.end() ? clock::time_point::max() : *found;
    }

    reports told;

private:
    struct client {
        std::size_t failures = 0;
        bool waited_for = false;
    };

    task<> work(client& self) {
        while (!stopping_) {
            const int id = next_id_++;
            auto outcome = co_await db_.execute("insert into kept values ($1, 1)", id);
            told.tell(id, outcome);
            if (outcome) {
                successes_.push_back(clock::now());
                self.waited_for = false;
            } else {
                ++self.failures;
                EXPECT_TRUE(outcome.error().connection_lost()) << outcome.error();
            }
            changed_.cancel();
        }
        co_return success();
    }

    Db& db_;
    std::vector<client> clients_;
    std::vector<clock::time_point> successes_;
    asio::steady_timer changed_;
    std::size_t running_ = 0;
    int next_id_ = 1;
    bool stopping_ = false;
};

} // namespace pgcoro::test
