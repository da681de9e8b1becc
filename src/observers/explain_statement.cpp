// SPDX-License-Identifier: BSL-1.0
#include "observers/explain_statement.hpp"

#include "observers/explain_commands.hpp"

#include <pgcoro/row.hpp>
#include <pgcoro/transaction.hpp>
#include <pgcoro/types/array.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace pgcoro::observers {
namespace {

constexpr int first_with_generic_plan = 160000;

task<transaction> begin_explaining(connection& db, const slow_query_plans_options& options) {
    transaction_options read_only;
    read_only.access = access_mode::read_only;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin(read_only));
    const auto statement_timeout = std::to_string(options.statement_timeout.count());
    const auto lock_timeout = std::to_string(options.lock_timeout.count());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("select set_config('statement_timeout', $1, true), "
                                             "set_config('lock_timeout', $2, true), "
                                             "set_config('plan_cache_mode', 'force_generic_plan', true)",
                                             statement_timeout, lock_timeout));
    co_return tx;
}

/// Runs one EXPLAIN: sent as a single statement of the extended protocol, so that nothing can follow it in its text.
task<std::string> explain(transaction& tx, const std::string& command) {
    unchecked_sql text(command);
    BOOST_OUTCOME_CO_TRY(auto lines, co_await tx.fetch<std::string>(std::move(text)));
    std::string plan;
    for (const auto& line : lines) {
        plan.append(plan.empty() ? "" : "\n").append(line);
    }
    co_return plan;
}

task<std::vector<std::string>> names_of(transaction& tx, const std::vector<std::uint32_t>& types) {
    const std::vector<std::int64_t> numbers(types.begin(), types.end());
    co_return co_await tx.fetch<std::string>(
        "select case type when 0 then 'unknown' else format_type(type::oid, -1) end "
        "from unnest($1::int8[]) with ordinality as types(type, position) order by position",
        numbers);
}

/// EXPLAIN (GENERIC_PLAN) takes the prepared statement too. Given the text, the server wants a value for each parameter in the
/// extended protocol, and plans for that value.
task<std::string> explain_prepared(transaction& tx, const slow_statement& slow, const slow_query_plans_options& options,
                                   const std::string& name, bool generic, bool& is_prepared) {
    BOOST_OUTCOME_CO_TRY(const auto types, co_await names_of(tx, slow.types));
    unchecked_sql prepare(prepare_command(name, types, slow.plan.sql));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(std::move(prepare)));
    is_prepared = true;
    const std::string command = explain_execute(name, slow.types.size(), options.format, generic);
    co_return co_await explain(tx, command);
}

} // namespace

task<std::string> explain_statement(connection& db, const slow_statement& slow, const slow_query_plans_options& options,
                                    const std::string& name) {
    const bool generic = db.server_version() >= first_with_generic_plan;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await begin_explaining(db, options));
    bool is_prepared = false;
    auto plan = co_await explain_prepared(tx, slow, options, name, generic, is_prepared);
    BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
    if (is_prepared) { // which a rollback does not undo
        unchecked_sql deallocate(deallocate_command(name));
        BOOST_OUTCOME_CO_TRY(co_await db.execute(std::move(deallocate)));
    }
    co_return plan;
}

} // namespace pgcoro::observers
