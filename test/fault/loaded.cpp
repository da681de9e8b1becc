// SPDX-License-Identifier: BSL-1.0
#include "loaded.hpp"

#include <chrono>

namespace pgcoro::test {

using namespace std::chrono_literals;

void with_loaded_pool(const testing::ephemeral_server& server, const std::function<task<>(pool&)>& body) {
    const auto made = [&]() -> task<> {
        pool_options options;
        options.max_size = connections;
        options.retry.initial = 5ms;
        options.retry.maximum = 50ms;
        pool db(co_await asio::this_coro::executor, as_load(server), options);
        auto outcome = co_await body(db);
        BOOST_OUTCOME_CO_TRY(auto counted, co_await db.statistics());
        EXPECT_EQ(counted.requests_waiting, 0u);
        co_return outcome;
    };
    run(made, 600s);
}

void with_loaded_multiplexer(const testing::ephemeral_server& server, const std::function<task<>(multiplexer&)>& body) {
    const auto made = [&]() -> task<> {
        multiplexer_options options;
        options.lanes = lanes;
        options.backoff.initial = 5ms;
        options.backoff.maximum = 50ms;
        multiplexer db(co_await asio::this_coro::executor, as_load(server), options);
        auto outcome = co_await body(db);
        EXPECT_EQ(db.stats().waiting, 0u);
        EXPECT_EQ(db.stats().in_flight, 0u);
        co_return outcome;
    };
    run(made, 600s);
}

} // namespace pgcoro::test
