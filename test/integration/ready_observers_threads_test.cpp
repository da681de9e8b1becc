// SPDX-License-Identifier: BSL-1.0
// One observer for connections on several threads.
#include "slow_query_plans_fixture.hpp"

#include <pgcoro/query_log.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <atomic>
#include <sstream>
#include <string>
#include <thread>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::slow_query_plans;
using pgcoro::task;

/// Four statements that no other number has.
void use_connection(const pgcoro::connect_config& observed, int number) {
    with_connection(observed, [number](connection& c) -> task<> {
        for (int i = 0; i < 4; ++i) {
            pgcoro::unchecked_sql text("select " + std::to_string(10 * number + i));
            BOOST_OUTCOME_CO_TRY(co_await c.execute(std::move(text)));
        }
        co_return pgcoro::success();
    });
}

TEST_F(slow_query_plans_test, takes_statements_from_several_threads) {
    std::atomic<int> told = 0;
    options_.on_plan = [&](const pgcoro::slow_query_plan&) { ++told; };
    asio::io_context loop(1);
    auto work = asio::make_work_guard(loop);
    std::thread explaining([&] { loop.run(); });
    plans_ = std::make_shared<slow_query_plans>(loop.get_executor(), config(), options_);
    pgcoro::connect_config observed(shared_server().dsn());
    observed.observe(plans_);

    std::thread other([&] { use_connection(observed, 1); });
    use_connection(observed, 2);
    other.join();
    run([&]() -> task<> {
        const auto have_come = [&] { return told == 8; };
        co_await until_true(have_come);
        co_return pgcoro::success();
    });

    plans_->close();
    work.reset();
    explaining.join();
    EXPECT_EQ(plans_->last().size(), 8u);
}

TEST(query_log, lines_of_several_threads_are_whole) {
    std::ostringstream stream;
    pgcoro::connect_config observed(shared_server().dsn());
    observed.observe(std::make_shared<pgcoro::query_log>(stream));

    std::thread other([&] { use_connection(observed, 1); });
    use_connection(observed, 2);
    other.join();

    std::istringstream lines(stream.str());
    int whole = 0;
    for (std::string line; std::getline(lines, line); ++whole) {
        EXPECT_TRUE(line.starts_with("time=") && line.ends_with("\"") && plan_has(line, "sql=\"select ")) << line;
        EXPECT_EQ(line.find("time=", 1), std::string::npos) << line;
    }
    EXPECT_EQ(whole, 8);
}

} // namespace
