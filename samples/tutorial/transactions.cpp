// SPDX-License-Identifier: BSL-1.0
// The snippets on transactions.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/resolve_outcome.hpp>
#include <pgcoro/transact.hpp>

#include <chrono>

using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [transfer]
pgcoro::task<> transfer(pgcoro::connection& db, int from, int to, std::int64_t amount) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance - $1 where id = $2", amount, from));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance + $1 where id = $2", amount, to));
    co_return co_await tx.commit();
}
// [/transfer]

pgcoro::task<> savepoint(pgcoro::connection& db) {
    // [savepoint]
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into accounts values (3, 0)"));
    {
        BOOST_OUTCOME_CO_TRY(auto attempt, co_await tx.begin()); // a savepoint; `tx` refuses statements until it is over
        auto made = co_await attempt.execute("insert into accounts values (1, 0)");
        if (made) {
            BOOST_OUTCOME_CO_TRY(co_await attempt.commit());
        }
    } // there is an account 1 already: the attempt is undone, and the transaction continues
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    // [/savepoint]
    BOOST_OUTCOME_CO_TRY(auto accounts, co_await db.fetch_one<std::int64_t>("select count(*) from accounts"));
    expect(accounts == 3);
    co_return pgcoro::success();
}

pgcoro::task<> options(pgcoro::connection& db) {
    // [options]
    pgcoro::transaction_options report;
    report.isolation = pgcoro::isolation_level::repeatable_read;
    report.access = pgcoro::access_mode::read_only;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin(report));
    BOOST_OUTCOME_CO_TRY(auto total, co_await tx.fetch_one<std::int64_t>("select sum(balance)::bigint from accounts"));
    // [/options]
    expect(total == 100);
    co_return pgcoro::success();
}

// [transact]
pgcoro::task<std::int64_t> withdraw(pgcoro::connection& db, int id, std::int64_t amount) {
    pgcoro::transact_options options;
    options.transaction.isolation = pgcoro::isolation_level::serializable;
    options.max_attempts = 5;
    options.within = 2s;
    const auto body = [&](pgcoro::transaction& tx) -> pgcoro::task<std::int64_t> {
        BOOST_OUTCOME_CO_TRY(auto balance,
                             co_await tx.fetch_one<std::int64_t>("select balance from accounts where id = $1", id));
        if (balance < amount) {
            co_return balance; // committed; an error would be rolled back
        }
        co_return co_await tx.fetch_one<std::int64_t>("update accounts set balance = $1 where id = $2 returning balance",
                                                      balance - amount, id);
    };
    co_return co_await pgcoro::transact(db, body, options);
}
// [/transact]

// [outcome]
pgcoro::task<> pay(const pgcoro::connect_config& config, pgcoro::connection& db) {
    pgcoro::transaction_options tracked;
    tracked.track_outcome = true;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin(tracked));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance - 1 where id = 1"));
    auto committed = co_await tx.commit();
    if (!committed && committed.error().outcome_unknown()) {
        BOOST_OUTCOME_CO_TRY(auto outcome, co_await pgcoro::resolve_outcome(config, *tx.id()));
        if (outcome == pgcoro::transaction_outcome::committed) {
            co_return pgcoro::success();
        }
    }
    co_return committed;
}
// [/outcome]

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table accounts (id int primary key, balance bigint not null)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into accounts values (1, 100), (2, 0)"));
    BOOST_OUTCOME_CO_TRY(co_await transfer(db, 1, 2, 30));
    BOOST_OUTCOME_CO_TRY(co_await savepoint(db));
    BOOST_OUTCOME_CO_TRY(co_await options(db));
    BOOST_OUTCOME_CO_TRY(auto left, co_await withdraw(db, 2, 10));
    expect(left == 20);
    BOOST_OUTCOME_CO_TRY(co_await pay(where, db));
    BOOST_OUTCOME_CO_TRY(left, co_await db.fetch_one<std::int64_t>("select balance from accounts where id = 1"));
    expect(left == 69);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
