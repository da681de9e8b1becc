// SPDX-License-Identifier: BSL-1.0
#include "initial_tables.hpp"

#include "apply_statements.hpp"
#include "catalogues.hpp"
#include "failure.hpp"
#include "schema_guard.hpp"
#include "servers.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/replication.hpp>
#include <pgcoro/transfer.hpp>

#include <boost/asio/this_coro.hpp>

namespace data_sync {

using pgcoro::task;

namespace {

task<> find_rows(pgcoro::connection& target, const std::vector<source_table>& tables, std::vector<std::string>& wrong) {
    for (const auto& t : tables) {
        const pgcoro::unchecked_sql query("select exists (select from " + sql_name(t.schema, t.name) + ")");
        BOOST_OUTCOME_CO_TRY(const auto has_rows, co_await target.fetch_one<bool>(query));
        if (has_rows) {
            wrong.push_back(
                t.schema + "." + t.name +
                ": the target's table has rows already: empty it, or use --truncate, or --no-copy if it has the rows "
                "of the source");
        }
    }
    co_return pgcoro::success();
}

task<> truncate_all(pgcoro::connection& target, const std::vector<source_table>& tables) {
    std::vector<std::string> names;
    for (const auto& t : tables) {
        names.push_back(sql_name(t.schema, t.name));
    }
    const pgcoro::unchecked_sql statement(truncate_statement(names, false));
    BOOST_OUTCOME_CO_TRY(co_await target.execute(statement));
    co_return pgcoro::success();
}

/// Of a copy that did not end.
task<> drop_old_slot(const options& o, std::string slot) {
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto config = config_of(o.source, o, true);
    BOOST_OUTCOME_CO_TRY(auto connection, co_await pgcoro::connect_replication(executor, config));
    const auto dropped = co_await connection.drop_slot(slot, true).within(o.answer_timeout);
    if (!dropped && dropped.error() != pgcoro::sqlstate::undefined_object) {
        co_return dropped.error();
    }
    co_return pgcoro::success();
}

pgcoro::error explain_slot(const pgcoro::error& why, const std::string& slot) {
    return why == pgcoro::sqlstate::duplicate_object
               ? fail(failure::not_ready,
                      "the source has a slot \"" + slot +
                          "\" already, and the target knows nothing of it: drop it, or choose another --name")
               : why;
}

task<pgcoro::lsn> create_slot(const options& o, std::string slot) {
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto config = config_of(o.source, o, true);
    BOOST_OUTCOME_CO_TRY(auto connection, co_await pgcoro::connect_replication(executor, config));
    const auto made = co_await connection.create_slot(slot);
    if (!made) {
        co_return explain_slot(made.error(), slot);
    }
    co_return made.value().consistent_point;
}

/// Copies one table over a connection of its own.
task<std::uint64_t> copy_one(pgcoro::published_table table, pgcoro::copy_reader rows, target_option to, const options* o) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await connect_target(std::move(to), *o, false));
    const pgcoro::unchecked_sql statement(table.copy_in_statement());
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_in(statement));
    BOOST_OUTCOME_CO_TRY(const auto report, co_await pgcoro::transfer(std::move(rows), std::move(writer)));
    co_return report.rows;
}

} // namespace

task<std::vector<source_table>> check_tables(pgcoro::connection& target, copy_plan plan) {
    const options& o = *plan.all;
    BOOST_OUTCOME_CO_TRY(auto source, co_await connect_source(o));
    BOOST_OUTCOME_CO_TRY(auto tables, co_await read_published_tables(source, o.publication));
    if (tables.empty()) {
        co_return fail(failure::not_ready, "the publication \"" + o.publication + "\" has no tables, or does not exist");
    }
    BOOST_OUTCOME_CO_TRY(auto wrong, co_await compare_tables(tables, target));
    if (wrong.empty() && o.copies && !plan.may_have_rows) {
        BOOST_OUTCOME_CO_TRY(co_await find_rows(target, tables, wrong));
    }
    if (!wrong.empty()) {
        co_return fail(failure::not_ready, join(wrong));
    }
    co_return tables;
}

task<pgcoro::lsn> copy_tables(pgcoro::connection& target, copy_plan plan, std::vector<source_table> tables,
                              std::function<void(const pgcoro::initial_copy_progress&)> on_progress) {
    const options& o = *plan.all;
    if (plan.has_slot) {
        BOOST_OUTCOME_CO_TRY(co_await drop_old_slot(o, plan.slot));
    }
    if (!o.copies) {
        co_return co_await create_slot(o, plan.slot);
    }
    if (plan.may_have_rows) {
        BOOST_OUTCOME_CO_TRY(co_await truncate_all(target, tables));
    }
    const pgcoro::table_copier copier = [to = plan.target, all = plan.all](const pgcoro::published_table& table,
                                                                           pgcoro::copy_reader rows) {
        return copy_one(table, std::move(rows), to, all);
    };
    pgcoro::replication_options stream_options;
    stream_options.publications.push_back(o.publication);
    pgcoro::initial_copy_options how;
    how.connections = o.copy_connections;
    how.on_progress = std::move(on_progress);
    const auto config = config_of(o.source, o, false);
    auto stream = co_await pgcoro::initial_copy(config, plan.slot, stream_options, copier, how);
    if (!stream) {
        co_return explain_slot(stream.error(), plan.slot);
    }
    const auto position = stream.value().confirmed();
    stream.value().close(); // it begins again where the target says, as after every start
    co_return position;
}

} // namespace data_sync
