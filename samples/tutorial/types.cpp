// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/types.md.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <chrono>

using tutorial::expect;

namespace {

pgcoro::task<> numbers(pgcoro::connection& db) {
    // [numeric]
    BOOST_OUTCOME_CO_TRY(auto price, pgcoro::numeric::parse("19.90"));
    BOOST_OUTCOME_CO_TRY(auto total, co_await db.fetch_one<pgcoro::numeric>("select 3 * $1", price));
    std::cout << to_string(total) << '\n'; // 59.70
    if (total > 50) {
        std::cout << total.to_double() << '\n'; // 59.7
    }
    // [/numeric]
    expect(to_string(total) == "59.70" && total > 50);
    co_return pgcoro::success();
}

pgcoro::task<> infinity(pgcoro::connection& db) {
    // [infinity]
    using date = pgcoro::or_infinity<std::chrono::sys_days>;
    BOOST_OUTCOME_CO_TRY(auto end, co_await db.fetch_one<date>("select 'infinity'::date"));
    std::cout << (end.is_infinity() ? "without end\n" : "some day\n");
    BOOST_OUTCOME_CO_TRY(auto later, co_await db.fetch_one<bool>("select $1 > current_date", date::infinity()));
    // [/infinity]
    expect(end.is_infinity() && later);
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await numbers(db));
    BOOST_OUTCOME_CO_TRY(co_await infinity(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
