// SPDX-License-Identifier: BSL-1.0
// A table, and somebody who looks at it from outside.
#pragma once

#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace pgcoro::test {

class transaction_test : public ::testing::Test {
protected:
    transaction_test() { judge_.value("drop table if exists ledger; create table ledger (id int)"); }

    /// How many rows have been committed.
    std::string rows() { return judge_.value("select count(*) from ledger"); }

    /// Runs `body` on a connection whose other end is in the test's hand.
    template <class Body>
    void with_proxy(Body body) {
        asio::io_context loop(1);
        proxy between(loop, shared_server());
        const auto connected = [&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await connect(between.config()));
            auto outcome = co_await body(c, between);
            co_return outcome;
        };
        run(loop, connected);
    }

    libpq_session judge_{shared_server().dsn()};
};

/// Nothing of what happened before is left in the session: it is in no transaction, and takes statements.
inline task<> expect_clean(connection& c) {
    auto id = co_await c.fetch_one<std::optional<std::string>>("select pg_current_xact_id_if_assigned()::text");
    EXPECT_TRUE(id && !id.value()) << error_of(id);
    EXPECT_EQ(c.transaction_status(), transaction_status::idle);
    co_return success();
}

} // namespace pgcoro::test
