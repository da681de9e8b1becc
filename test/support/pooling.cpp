// SPDX-License-Identifier: BSL-1.0
#include "support/pooling.hpp"

#include <utility>

namespace pgcoro::test {

void with_pool(connect_config config, const pool_options& options, const std::function<task<>(pool&)>& body) {
    const auto lent = [&]() -> task<> {
        pool db(co_await asio::this_coro::executor, std::move(config), options);
        auto outcome = co_await body(db);
        co_return outcome;
    };
    run(lent);
}

void with_pool(const pool_options& options, const std::function<task<>(pool&)>& body) {
    with_pool(shared_server().dsn(), options, body);
}

} // namespace pgcoro::test
