// SPDX-License-Identifier: BSL-1.0
// Rows about statements and their answers.
#include "poolers/numbered.hpp"
#include "poolers/tally.hpp"
#include "support/started.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/pool.hpp>

#include <memory>
#include <vector>

namespace pgcoro::test {
namespace {

/// Asks for `count` answers at once, for statements from `first` on, and waits for all of them.
template <class Db>
asio::awaitable<void> ask_at_once(Db& db, int count, int first, int statements, tally& answers) {
    std::vector<started<int>> asked;
    for (int i = 0; i < count; ++i) {
        asked.emplace_back(ask_numbered(db, (first + i) % statements, i));
    }
    for (int i = 0; i < count; ++i) {
        const auto answer = co_await asked[static_cast<std::size_t>(i)].get();
        answers.note(answer, answer_of_numbered((first + i) % statements, i));
    }
}

} // namespace

task<verdict> pipelined(const poolers_client& where) {
    tally answers;
    BOOST_OUTCOME_CO_TRY(auto c, co_await connect(where.config()));
    co_await ask_at_once(c, 64, 0, 4, answers);
    co_return answers.verdict_of_all();
}

/// Each client begins with another statement: their numbers differ from client to client.
task<verdict> prepared_by_many(const poolers_client& where) {
    tally answers;
    constexpr int clients = 8;
    std::vector<connection> all;
    for (int i = 0; i < clients; ++i) {
        BOOST_OUTCOME_CO_TRY(auto c, co_await connect(where.config()));
        all.push_back(std::move(c));
    }
    const auto body = [&](int i) -> asio::awaitable<void> {
        for (int turn = 0; turn < 20; ++turn) {
            co_await ask_at_once(all[static_cast<std::size_t>(i)], 10, i + turn, clients, answers);
        }
    };
    co_await together(clients, body);
    co_return answers.verdict_of_all();
}

task<verdict> evictions(const poolers_client& where) {
    tally answers;
    auto config = where.config();
    config.statement_cache_size(8);
    pool db(co_await asio::this_coro::executor, config, where.options(4));
    for (int turn = 0; turn < 20; ++turn) {
        co_await ask_at_once(db, 40, 7 * turn, most_numbered, answers);
    }
    static_cast<void>(co_await db.close(1s));
    co_return answers.verdict_of_all();
}

task<verdict> large_value(const poolers_client& where) {
    const std::string large(100 << 20, 'x');
    BOOST_OUTCOME_CO_TRY(auto c, co_await connect(where.config()));
    BOOST_OUTCOME_CO_TRY(auto back, co_await c.fetch_one<std::string>("select $1::text", large));
    if (back != large) {
        co_return verdict(verdict::wrong, "another value came back");
    }
    co_return verdict();
}

task<verdict> most_parameters(const poolers_client& where) {
    parameters values;
    std::string text = "select sum(v)::int8 from unnest(array[";
    std::int64_t expected = 0;
    for (int i = 1; i <= static_cast<int>(parameters::max_count); ++i) {
        text += (i == 1 ? "$" : ", $") + std::to_string(i);
        values.push_back(i);
        expected += i;
    }
    text += "]::int4[]) v";
    BOOST_OUTCOME_CO_TRY(auto c, co_await connect(where.config()));
    const unchecked_sql sql(std::move(text));
    BOOST_OUTCOME_CO_TRY(auto sum, co_await c.fetch_one<std::int64_t>(sql, values));
    co_return sum == expected ? verdict() : verdict(verdict::wrong, "the sum is " + std::to_string(sum));
}

task<verdict> shared_lanes(const poolers_client& where) {
    tally answers;
    multiplexer db(co_await asio::this_coro::executor, where.config());
    for (int turn = 0; turn < 20; ++turn) {
        co_await ask_at_once(db, 100, 3 * turn, 20, answers);
    }
    db.close();
    co_return answers.verdict_of_all();
}

} // namespace pgcoro::test
