// SPDX-License-Identifier: BSL-1.0
#include "transaction_fixture.hpp"

#include <optional>

namespace pgcoro::test {

void transaction_test::with_proxy(const std::function<task<>(connection&, proxy&)>& body) {
    asio::io_context loop(1);
    proxy between(loop, shared_server());
    const auto connected = [&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(between.config()));
        auto outcome = co_await body(c, between);
        co_return outcome;
    };
    run(loop, connected);
}

task<> expect_clean(connection& c) {
    auto id = co_await c.fetch_one<std::optional<std::string>>("select pg_current_xact_id_if_assigned()::text");
    EXPECT_TRUE(id && !id.value()) << error_of(id);
    EXPECT_EQ(c.transaction_status(), transaction_status::idle);
    co_return success();
}

} // namespace pgcoro::test
