// SPDX-License-Identifier: BSL-1.0
#include "support/run.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace pgcoro::test {

void run(asio::io_context& loop, const std::function<task<>()>& body, std::chrono::seconds limit) {
    std::optional<result<>> outcome;
    std::exception_ptr thrown;
    asio::co_spawn(loop, body, [&](std::exception_ptr e, result<> r) {
        thrown = e;
        outcome = std::move(r);
    });
    loop.run_for(limit);
    if (!outcome) {
        ADD_FAILURE() << "the coroutine has not ended";
    } else if (!loop.stopped()) {
        ADD_FAILURE() << "the coroutine has ended and something of it goes on";
    } else if (thrown) {
        std::rethrow_exception(thrown);
    } else if (!*outcome) {
        ADD_FAILURE() << "the coroutine gave an error: " << outcome->error();
    }
}

void run(const std::function<task<>()>& body, std::chrono::seconds limit) {
    asio::io_context loop(1);
    run(loop, body, limit);
}

void with_connection(connect_config config, const std::function<task<>(connection&)>& body, std::chrono::seconds limit) {
    const auto connected = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(std::move(config)));
        auto outcome = co_await body(c);
        co_return outcome;
    };
    run(connected, limit);
}

task<> use_alone(connection& c) {
    for (int i = 0; i < 20; ++i) {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
    }
    co_return success();
}

} // namespace pgcoro::test
