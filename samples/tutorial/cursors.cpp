// SPDX-License-Identifier: BSL-1.0
// The snippets on cursors.
#include "run.hpp"

#include <pgcoro/cursor.hpp>
#include <pgcoro/pgcoro.hpp>

#include <vector>

using tutorial::expect;

namespace {

struct order {
    std::int64_t number;
    double total;
};

// [read]
pgcoro::task<double> total_of(pgcoro::connection& db, int customer) {
    double sum = 0;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    auto orders = tx.cursor<order>("select number, total from orders where customer = $1", customer);
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await orders.fetch());
        if (rows.empty()) {
            break;
        }
        for (const order& o : rows) {
            sum += o.total;
        }
    }
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    co_return sum;
}
// [/read]

pgcoro::task<> between(pgcoro::connection& db) {
    // [between]
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    auto numbers = tx.cursor<std::int64_t>("select number from orders where total < 10 order by number");
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await numbers.fetch(100));
        if (rows.empty()) {
            break;
        }
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("delete from orders where number = any($1)", rows));
    }
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    // [/between]
    BOOST_OUTCOME_CO_TRY(auto left, co_await db.fetch_one<std::int64_t>("select count(*) from orders where total < 10"));
    expect(left == 0);
    co_return pgcoro::success();
}

pgcoro::task<> scroll(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    // [scroll]
    pgcoro::cursor_options options;
    options.scroll = true;
    auto c = tx.cursor<int>(options, "select * from generate_series(1, 100)");
    BOOST_OUTCOME_CO_TRY(auto skipped, co_await c.move(50));
    BOOST_OUTCOME_CO_TRY(auto next, co_await c.fetch(2));      // 51, 52
    BOOST_OUTCOME_CO_TRY(auto previous, co_await c.fetch(-3)); // 51, 50, 49
    // [/scroll]
    expect(skipped == 50 && next == std::vector{51, 52} && previous == std::vector{51, 50, 49});
    co_return co_await tx.commit();
}

pgcoro::task<> hold(pgcoro::connection& db) {
    // [hold]
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    pgcoro::cursor_options options;
    options.hold = true;
    auto c = tx.cursor<int>(options, "select * from generate_series(1, 1000)");
    BOOST_OUTCOME_CO_TRY(co_await c.open());
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(10)); // after the transaction
    BOOST_OUTCOME_CO_TRY(co_await c.close());
    // [/hold]
    expect(rows.size() == 10);
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table orders (number bigint, customer int, total float8)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into orders select n, n % 10, n from generate_series(1, 1000) as s (n)"));
    BOOST_OUTCOME_CO_TRY(const auto sum, co_await total_of(db, 5));
    expect(sum == 50000);
    BOOST_OUTCOME_CO_TRY(co_await between(db));
    BOOST_OUTCOME_CO_TRY(co_await scroll(db));
    BOOST_OUTCOME_CO_TRY(co_await hold(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
