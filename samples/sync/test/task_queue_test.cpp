// SPDX-License-Identifier: BSL-1.0
// Which tasks run, and when. Each one waits for an event of the test.
#include "task_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace data_sync {
namespace {

namespace asio = boost::asio;

class sync_task_queue : public testing::Test {
protected:
    void add(std::string name) {
        gates.push_back(std::make_unique<asio::steady_timer>(context, asio::steady_timer::time_point::max()));
        queue.add(work(std::move(name), *gates.back()));
        run();
    }
    /// The task with this number goes on, and ends.
    void end(std::size_t task, bool fails = false) {
        next_fails = fails;
        gates[task]->cancel();
        run();
    }
    std::shared_ptr<std::optional<pgcoro::result<>>> wait_for(std::size_t most) {
        auto done = std::make_shared<std::optional<pgcoro::result<>>>();
        asio::co_spawn(context, queue.wait_for(most),
                       [done](std::exception_ptr, pgcoro::result<> r) { done->emplace(std::move(r)); });
        run();
        return done;
    }
    void run() {
        context.restart();
        context.poll();
    }
    pgcoro::task<> work(std::string name, asio::steady_timer& gate) {
        seen += " " + name;
        boost::system::error_code ignored;
        co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        if (next_fails) {
            co_return pgcoro::error(pgcoro::errc::timed_out, name);
        }
        seen += " /" + name;
        co_return pgcoro::success();
    }

    asio::io_context context;
    std::vector<std::unique_ptr<asio::steady_timer>> gates;
    std::string seen;
    bool next_fails = false;
    int times_over = 0;
    task_queue queue{context.get_executor(), [this] { ++times_over; }};
};

TEST_F(sync_task_queue, runs_one_after_the_other) {
    add("a");
    add("b");
    EXPECT_EQ(seen, " a");
    EXPECT_EQ(queue.size(), 2U);
    end(0);
    EXPECT_EQ(seen, " a /a b");
    EXPECT_EQ(times_over, 0);
    end(1);
    EXPECT_EQ(seen, " a /a b /b");
    EXPECT_EQ(queue.size(), 0U);
    EXPECT_EQ(times_over, 1);
    add("c");
    EXPECT_EQ(seen, " a /a b /b c");
    end(2);
    EXPECT_EQ(times_over, 2);
}

TEST_F(sync_task_queue, is_waited_for_until_there_is_room) {
    EXPECT_TRUE(wait_for(0)->has_value());
    add("a");
    add("b");
    EXPECT_TRUE(wait_for(2)->has_value());
    const auto room = wait_for(1);
    EXPECT_FALSE(room->has_value());
    end(0);
    ASSERT_TRUE(room->has_value());
    EXPECT_TRUE((*room)->has_value());
    const auto all = wait_for(0);
    EXPECT_FALSE(all->has_value());
    end(1);
    EXPECT_TRUE(all->has_value());
}

TEST_F(sync_task_queue, runs_nothing_after_a_failure) {
    add("a");
    add("b");
    const auto waiting = wait_for(1);
    end(0, true);
    EXPECT_EQ(seen, " a");
    EXPECT_EQ(queue.size(), 0U);
    EXPECT_EQ(times_over, 1);
    ASSERT_TRUE(waiting->has_value());
    EXPECT_EQ((*waiting)->error(), pgcoro::errc::timed_out);
    EXPECT_EQ(wait_for(5)->value().error().message(), "a"); // and tells it to everyone
}

} // namespace
} // namespace data_sync
