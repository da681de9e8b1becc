// SPDX-License-Identifier: BSL-1.0
// Rows about what is committed, and what is not.
#include "poolers/tally.hpp"
#include "support/started.hpp"

#include <pgcoro/pool.hpp>
#include <pgcoro/transaction.hpp>

#include <array>
#include <utility>
#include <vector>

namespace pgcoro::test {
namespace {

using id = kept_rows::id;

task<> insert_with_savepoint(pool& db, id outer, id inner, id undone) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into kept values ($1)", outer));
    {
        BOOST_OUTCOME_CO_TRY(auto saved, co_await tx.begin());
        BOOST_OUTCOME_CO_TRY(co_await saved.execute("insert into kept values ($1)", undone));
    }
    BOOST_OUTCOME_CO_TRY(auto saved, co_await tx.begin());
    BOOST_OUTCOME_CO_TRY(co_await saved.execute("insert into kept values ($1)", inner));
    BOOST_OUTCOME_CO_TRY(co_await saved.commit());
    co_return co_await tx.commit();
}

task<> insert_and_drop(pool& db, id row) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into kept values ($1)", row));
    co_return boost::outcome_v2::success();
}

} // namespace

task<verdict> third_of_ten_fails(const poolers_client& where) {
    BOOST_OUTCOME_CO_TRY(auto direct, co_await connect(where.direct));
    BOOST_OUTCOME_CO_TRY(auto rows, co_await kept_rows::make(direct));
    BOOST_OUTCOME_CO_TRY(auto c, co_await connect(where.config()));
    std::vector<std::pair<id, started<command_tag>>> asked;
    for (int i = 0; i < 10; ++i) {
        const auto row = rows.next();
        asked.emplace_back(row, c.execute("insert into kept select $1::int8 / (case when $2::int4 = 0 then 0 else 1 end)", row,
                                          i == 2 ? 0 : 1));
    }
    tally answers;
    for (int i = 0; i < 10; ++i) {
        const auto& [row, insert] = asked[static_cast<std::size_t>(i)];
        const auto outcome = error_of(co_await insert.get());
        rows.note(row, outcome);
        if (i == 2 ? outcome == sqlstate::division_by_zero : !outcome) {
            answers.note_success();
        } else if (!outcome) {
            co_return verdict(verdict::wrong, "the third succeeded");
        } else {
            answers.note_failure(outcome);
        }
    }
    co_return co_await rows.compare(direct, answers.verdict_of_all());
}

task<verdict> lone_inserts(const poolers_client& where) {
    BOOST_OUTCOME_CO_TRY(auto direct, co_await connect(where.direct));
    BOOST_OUTCOME_CO_TRY(auto rows, co_await kept_rows::make(direct));
    tally answers;
    pool db(co_await asio::this_coro::executor, where.config(), where.options(4));
    const auto body = [&](int) -> asio::awaitable<void> {
        const auto row = rows.next();
        const auto outcome = co_await db.execute("insert into kept values ($1)", row);
        rows.note(row, error_of(outcome));
        outcome ? answers.note_success() : answers.note_failure(outcome.error());
    };
    co_await together(20, body);
    static_cast<void>(co_await db.close(1s));
    co_return co_await rows.compare(direct, answers.verdict_of_all());
}

task<verdict> batches(const poolers_client& where) {
    BOOST_OUTCOME_CO_TRY(auto direct, co_await connect(where.direct));
    BOOST_OUTCOME_CO_TRY(auto rows, co_await kept_rows::make(direct));
    tally answers;
    pool db(co_await asio::this_coro::executor, where.config(), where.options(4));
    const auto body = [&](int i) -> asio::awaitable<void> {
        const std::array both = {rows.next(), rows.next()};
        const int divisor = i % 4 == 3 ? 0 : 1;
        auto outcome = co_await db.batch(execute("insert into kept values ($1)", both[0]),
                                         execute("insert into kept values ($1)", both[1]),
                                         fetch_one<int>("select $1::int4 / $2::int4", i, divisor));
        rows.note(both, error_of(outcome));
        if (divisor == 0 && error_of(outcome) == sqlstate::division_by_zero) {
            answers.note_success();
        } else if (!outcome) {
            answers.note_failure(outcome.error());
        } else {
            answers.note(result<int>(std::get<2>(outcome.value())), divisor == 0 ? -1 : i);
        }
    };
    co_await together(20, body);
    static_cast<void>(co_await db.close(1s));
    co_return co_await rows.compare(direct, answers.verdict_of_all());
}

task<verdict> transactions(const poolers_client& where) {
    BOOST_OUTCOME_CO_TRY(auto direct, co_await connect(where.direct));
    BOOST_OUTCOME_CO_TRY(auto rows, co_await kept_rows::make(direct));
    tally answers;
    pool db(co_await asio::this_coro::executor, where.config(), where.options(8));
    const auto body = [&](int i) -> asio::awaitable<void> {
        const std::array kept = {rows.next(), rows.next()};
        const auto undone = rows.next();
        result<> outcome;
        if (i % 4 == 3) {
            outcome = co_await insert_and_drop(db, undone);
        } else {
            outcome = co_await insert_with_savepoint(db, kept[0], kept[1], undone);
            rows.note(kept, error_of(outcome));
        }
        rows.note(undone, outcome ? error(errc::transaction_over) : outcome.error());
        outcome ? answers.note_success() : answers.note_failure(outcome.error());
    };
    co_await together(20, body);
    static_cast<void>(co_await db.close(1s));
    co_return co_await rows.compare(direct, answers.verdict_of_all());
}

} // namespace pgcoro::test
