// SPDX-License-Identifier: BSL-1.0
// Numbers, and cursors that read them.
#pragma once

#include "support/judge.hpp"
#include "support/proxy.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/cursor.hpp>
#include <pgcoro/pgcoro.hpp>

#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace pgcoro::test {

/// first, first + 1, ..., last
inline std::vector<std::int32_t> numbers(std::int32_t first, std::int32_t last) {
    std::vector<std::int32_t> all(static_cast<std::size_t>(std::max(last - first + 1, 0)));
    std::iota(all.begin(), all.end(), first);
    return all;
}

/// How many cursors a session has. The query is one itself, without a name.
inline constexpr char count_of_cursors[] = "select count(*) from pg_cursors where name like 'pgcoro%'";

class cursor_test : public ::testing::Test {
protected:
    /// Runs `body` in a transaction of its own, which it may end.
    static void in_transaction(const std::function<task<>(transaction&)>& body) {
        with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            co_return co_await body(tx);
        });
    }

    /// The same on a connection whose other end is in the test's hand.
    static void with_proxy(const std::function<task<>(transaction&, proxy&)>& body) {
        asio::io_context loop(1);
        proxy between(loop, shared_server());
        const auto connected = [&]() -> task<> {
            BOOST_OUTCOME_CO_TRY(auto c, co_await connect(between.config()));
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            auto outcome = co_await body(tx, between);
            co_return outcome;
        };
        run(loop, connected);
    }

    static task<std::int64_t> cursors(transaction& tx) { co_return co_await tx.fetch_one<std::int64_t>(count_of_cursors); }

    libpq_session judge_{shared_server().dsn()};
};

} // namespace pgcoro::test
