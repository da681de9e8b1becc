// SPDX-License-Identifier: BSL-1.0
#include "merger.hpp"

#include "server_errors.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace etl {
namespace {

using pgcoro::task;
using pgcoro::unchecked_sql;

/// The detail of a violated key names the value. That of other violations repeats the whole row.
std::string reason_of(const pgcoro::error& why) {
    const bool is_key = why == pgcoro::sqlstate::unique_violation || why == pgcoro::sqlstate::foreign_key_violation ||
                        why == pgcoro::sqlstate::exclusion_violation;
    return why.message() + (is_key && !why.detail().empty() ? ": " + std::string(why.detail()) : "");
}

/// What became of a statement: the rows it wrote, or why the server refuses one of them.
struct attempt {
    std::uint64_t rows = 0;
    pgcoro::error refused;
};

/// Runs a statement in a savepoint, which it ends.
task<attempt> try_statement(pgcoro::transaction& tx, std::string sql) {
    const unchecked_sql statement(std::move(sql));
    BOOST_OUTCOME_CO_TRY(auto savepoint, co_await tx.begin());
    const auto done = co_await savepoint.execute(statement);
    attempt a;
    if (done) {
        a.rows = done.value().rows_affected();
        BOOST_OUTCOME_CO_TRY(co_await savepoint.commit());
        co_return a;
    }
    if (!is_about_data(done.error())) {
        co_return done.error();
    }
    a.refused = done.error();
    BOOST_OUTCOME_CO_TRY(co_await savepoint.rollback());
    co_return a;
}

} // namespace

task<std::uint64_t> merger::run(line_range staged) {
    std::uint64_t written = 0;
    bisection search(staged);
    while (const auto lines = search.next()) {
        BOOST_OUTCOME_CO_TRY(const auto tried, co_await try_statement(tx_, plan_.merge(*lines)));
        if (!tried.refused) {
            written += tried.rows;
            search.succeeded();
            continue;
        }
        BOOST_OUTCOME_CO_TRY(co_await prepare_search());
        if (const auto line = search.failed()) {
            reject r;
            r.line = *line;
            BOOST_OUTCOME_CO_TRY(r.why, co_await find_problem(*line, tried.refused));
            BOOST_OUTCOME_CO_TRY(rejects_.add(r));
        }
    }
    co_return written;
}

task<> merger::prepare_search() {
    if (std::exchange(is_searching_, true)) {
        co_return pgcoro::success();
    }
    journal_.operation("searching for the rows that the target refuses");
    const unchecked_sql index("create index on " + plan_.tables().stage + " (\"" + std::string(line_column) + "\")");
    const unchecked_sql probe(plan_.create_probe());
    BOOST_OUTCOME_CO_TRY(co_await tx_.execute(index));
    BOOST_OUTCOME_CO_TRY(co_await tx_.execute(probe));
    co_return pgcoro::success();
}

task<problem> merger::find_problem(std::uint64_t line, pgcoro::error why) {
    problem p;
    p.column = std::string(why.column());
    for (const std::string& column : plan_.loaded()) {
        BOOST_OUTCOME_CO_TRY(const auto tried, co_await try_statement(tx_, plan_.probe(column, line)));
        if (tried.refused) {
            p.column = column;
            why = tried.refused;
            break;
        }
    }
    p.reason = reason_of(why);
    p.sqlstate = pgcoro::to_string(why.sqlstate());
    const auto& staged = plan_.staged();
    if (std::find(staged.begin(), staged.end(), p.column) != staged.end()) {
        BOOST_OUTCOME_CO_TRY(p.value, co_await staged_value(p.column, line));
    }
    co_return p;
}

task<std::optional<std::string>> merger::staged_value(std::string column, std::uint64_t line) {
    const unchecked_sql value("select " + quote_name(column) + " from " + plan_.tables().stage + " where \"" +
                              std::string(line_column) + "\" = " + std::to_string(line));
    co_return co_await tx_.fetch_one<std::optional<std::string>>(value);
}

} // namespace etl
