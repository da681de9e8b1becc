// SPDX-License-Identifier: BSL-1.0
// `pgcoro::run`: a task on a loop of its own.
#include <pgcoro/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

namespace asio = boost::asio;
using pgcoro::errc;
using pgcoro::success;
using pgcoro::task;

task<std::string> greet(std::string name) {
    co_await asio::post(asio::use_awaitable);
    co_return "hello, " + name;
}

TEST(run, gives_the_value_of_the_task) { EXPECT_EQ(pgcoro::run(greet("world")).value(), "hello, world"); }

TEST(run, gives_the_error_of_the_task) {
    const auto fails = []() -> task<> { co_return errc::no_rows; };
    EXPECT_EQ(pgcoro::run(fails()).error(), errc::no_rows);
}

TEST(run, throws_what_the_task_throws) {
    const auto throws = []() -> task<int> {
        co_await asio::post(asio::use_awaitable);
        throw std::runtime_error("thrown");
    };
    EXPECT_THROW(static_cast<void>(pgcoro::run(throws())), std::runtime_error);
}

TEST(run, throws_what_a_handler_beside_the_task_throws) {
    const auto posts = []() -> task<> {
        asio::post(co_await asio::this_coro::executor, [] { throw std::logic_error("thrown"); });
        asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
        co_await never.async_wait(asio::use_awaitable);
        co_return success();
    };
    EXPECT_THROW(static_cast<void>(pgcoro::run(posts())), std::logic_error);
}

task<> wait_for_ever(std::shared_ptr<int> held) {
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
    *held = 1;
    co_return success();
}

TEST(run, destroys_what_the_task_has_left_behind) {
    const auto held = std::make_shared<int>(0);
    const auto leaves = [&]() -> task<> {
        asio::co_spawn(co_await asio::this_coro::executor, wait_for_ever(held), asio::detached);
        co_await asio::post(asio::use_awaitable);
        EXPECT_EQ(held.use_count(), 2);
        co_return success();
    };
    EXPECT_TRUE(pgcoro::run(leaves()));
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(*held, 0);
}

TEST(run, of_a_task_that_nobody_can_resume_is_aborted) {
    const auto stuck = []() -> task<> {
        co_await asio::async_initiate<decltype(asio::use_awaitable), void()>([](auto) {}, asio::use_awaitable);
        co_return success();
    };
    EXPECT_EQ(pgcoro::run(stuck()).error().code(), boost::system::errc::operation_canceled);
}

TEST(run, may_be_called_in_several_threads_and_again) {
    std::string there;
    std::thread other([&] { there = pgcoro::run(greet("there")).value(); });
    EXPECT_EQ(pgcoro::run(greet("here")).value(), "hello, here");
    EXPECT_EQ(pgcoro::run(greet("again")).value(), "hello, again");
    other.join();
    EXPECT_EQ(there, "hello, there");
}

} // namespace
