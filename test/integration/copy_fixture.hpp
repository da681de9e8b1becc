// SPDX-License-Identifier: BSL-1.0
// A table to copy into.
#pragma once

#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <cstdint>
#include <functional>

namespace pgcoro::test {

/// `t`, for this session alone.
inline operation<command_tag> make_table(connection& c) { return c.execute("create temp table t (a int primary key, b text)"); }

inline void with_table(const std::function<task<>(connection&)>& body) {
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await make_table(c));
        auto outcome = co_await body(c);
        co_return outcome;
    });
}

inline operation<std::int64_t> rows_in_t(connection& c) { return c.fetch_one<std::int64_t>("select count(*) from t"); }

} // namespace pgcoro::test
