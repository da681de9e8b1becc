// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/errors.md.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>

#include <chrono>
#include <exception>

using namespace pgcoro::literals;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [pass_on]
pgcoro::task<std::int64_t> stock_of(pgcoro::connection& db, std::string product) {
    BOOST_OUTCOME_CO_TRY(auto stock,
                         co_await db.fetch_one<std::int64_t>("select stock from products where name = $1", product));
    co_return stock;
}
// [/pass_on]

// [look]
pgcoro::task<bool> add_product(pgcoro::connection& db, std::string name, std::int64_t stock) {
    auto added = co_await db.execute("insert into products (name, stock) values ($1, $2)", name, stock);
    if (added) {
        co_return true;
    }
    const pgcoro::error& why = added.error();
    if (why == pgcoro::sqlstate::unique_violation && why.constraint() == "products_name_key") {
        co_return false; // there already
    }
    co_return why;
}
// [/look]

// [throw]
pgcoro::task<> with_exceptions(pgcoro::connection& db) {
    try {
        const auto stock = (co_await db.fetch_one<std::int64_t>("select stock from products where name = $1", "sofa")).value();
        std::cout << stock << '\n';
    } catch (const pgcoro::exception& e) {
        std::cout << e.error().message() << '\n'; // the statement returned no row
    }
    co_return pgcoro::success();
}
// [/throw]

pgcoro::task<> sqlstates(pgcoro::connection& db) {
    auto result = co_await db.execute("insert into products (name, stock) values ('broom', -1)");
    const auto why = result.error();
    bool refused = false;
    // [sqlstate]
    if (sqlstate_class(why.sqlstate()) == pgcoro::sqlstate::integrity_constraint_violation) { // class 23, any of it
        std::cout << to_string(why.sqlstate()) << " is " << condition_name(why.sqlstate()) << '\n';
        refused = true;
    }
    if (why == "P0042"_sqlstate) { // one of your own: raise ... using errcode = 'P0042'
        refused = true;
    }
    // [/sqlstate]
    expect(refused && why == pgcoro::sqlstate::check_violation);
    co_return pgcoro::success();
}

// [retry]
pgcoro::task<pgcoro::command_tag> count_visit(pgcoro::connection& db) {
    for (int attempt = 1;; ++attempt) {
        auto done = co_await db.execute("update visits set n = n + 1");
        if (done || !done.error().safe_to_retry() || done.error().connection_lost() || attempt == 5) {
            co_return done;
        }
    }
}
// [/retry]

pgcoro::task<> after_a_timeout(pgcoro::connection& db) {
    // [timeout]
    auto slow = co_await db.execute("update visits set n = n + 1 where pg_sleep(20) is not null").within(10ms);
    if (!slow && slow.error() == pgcoro::errc::timed_out && slow.error().outcome_unknown()) {
        // It was sent, and the server was asked to stop it. The next statement on this connection is answered afterwards.
        BOOST_OUTCOME_CO_TRY(auto n, co_await db.fetch_one<std::int64_t>("select n from visits"));
        std::cout << n << " visits\n";
    }
    // [/timeout]
    expect(!slow && slow.error().outcome_unknown());
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table products (name text unique, stock bigint check (stock >= 0))"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table visits as select 0::bigint as n"));
    BOOST_OUTCOME_CO_TRY(auto first, co_await add_product(db, "teapot", 12));
    BOOST_OUTCOME_CO_TRY(auto second, co_await add_product(db, "teapot", 1));
    expect(first && !second);
    auto refused = co_await add_product(db, "broom", -1);
    expect(refused.error() == pgcoro::sqlstate::check_violation);
    BOOST_OUTCOME_CO_TRY(auto stock, co_await stock_of(db, "teapot"));
    expect(stock == 12);
    auto missing = co_await stock_of(db, "sofa");
    expect(missing.error() == pgcoro::errc::no_rows);
    BOOST_OUTCOME_CO_TRY(co_await with_exceptions(db));
    BOOST_OUTCOME_CO_TRY(co_await sqlstates(db));
    BOOST_OUTCOME_CO_TRY(auto counted, co_await count_visit(db));
    expect(counted.rows_affected() == 1);
    BOOST_OUTCOME_CO_TRY(co_await after_a_timeout(db));
    BOOST_OUTCOME_CO_TRY(auto n, co_await db.fetch_one<std::int64_t>("select n from visits"));
    expect(n == 1);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
