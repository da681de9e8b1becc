// SPDX-License-Identifier: BSL-1.0
#include "multiplexer_fixture.hpp"

namespace pgcoro::test {

connect_config nobody() {
    connect_config config(shared_server().dsn());
    config.port(9);
    return config;
}

void with_multiplexer(connect_config config, const multiplexer_options& options,
                      const std::function<task<>(multiplexer&)>& body) {
    asio::io_context loop(1);
    const auto made = [&]() -> task<> {
        multiplexer m(loop.get_executor(), std::move(config), options);
        auto outcome = co_await body(m);
        co_return outcome;
    };
    run(loop, made);
}

} // namespace pgcoro::test
