// SPDX-License-Identifier: BSL-1.0
// What bench/compile_time measures: the umbrella header and one query.
#include <pgcoro/pgcoro.hpp>

pgcoro::task<std::int32_t> balance(pgcoro::connection& bank, std::int32_t account) {
    co_return co_await bank.fetch_one<std::int32_t>("select abalance from pgbench_accounts where aid = $1", account);
}
