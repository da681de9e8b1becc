// SPDX-License-Identifier: BSL-1.0
#include "table_copy.hpp"

#include "failure.hpp"
#include "sql_text.hpp"
#include "sums_query.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace migrate {
namespace {

using pgcoro::task;
using pgcoro::unchecked_sql;

task<table_sums> sum_up_target(const table_plan& t, pgcoro::connection& db, const std::string& encoding) {
    const unchecked_sql query(sums_query(t, side::target, encoding));
    BOOST_OUTCOME_CO_TRY(const auto values, co_await db.fetch_one<std::vector<std::optional<std::string>>>(query));
    co_return read_sums(t, values);
}

task<> compare_whole_rows(const table_plan& t, const std::vector<sample_row>& sample, pgcoro::connection& db,
                          table_report& report) {
    const auto key = sample_key(t);
    if (key.empty()) {
        report.remarks.push_back("no rows were compared as a whole: the table has no key to find them by");
        co_return pgcoro::success();
    }
    const auto wanted = rows_with_key(sample, key);
    if (wanted.empty()) {
        co_return pgcoro::success();
    }
    const unchecked_sql query(sample_query(t, key, wanted));
    BOOST_OUTCOME_CO_TRY(const auto rows, co_await db.fetch<sample_row>(query));
    report.sampled = wanted.size();
    for (difference& d : compare_sample(t, key, wanted, rows)) {
        report.differences.push_back(std::move(d));
    }
    co_return pgcoro::success();
}

} // namespace

pgcoro::error at(const std::string& place, const pgcoro::error& why) {
    std::string text = place + ": " + why.message();
    if (!why.detail().empty()) {
        text += " (" + std::string(why.detail()) + ")";
    }
    if (!why.context().empty() && why.context().starts_with("COPY")) {
        text += "; " + std::string(why.context());
    }
    if (!why.hint().empty()) {
        text += " (" + std::string(why.hint()) + ")";
    }
    pgcoro::error placed(why.code(), std::move(text));
    using pgcoro::error;
    for (const auto fact : {error::lost, error::nothing_sent, error::in_doubt, error::not_done}) {
        placed = why.is(fact) ? placed.with(fact) : placed;
    }
    return placed;
}

task<done_step> copy_table(const table_plan& t, table_reader& from, pgcoro::connection& to, const std::string& step,
                           const std::string& snapshot, progress& p) {
    done_step how;
    BOOST_OUTCOME_CO_TRY(auto tx, co_await to.begin());
    const std::string name = sql_name(t.target);
    // Rows may come in frozen, which spares the server a later vacuum, if the table was emptied in the same transaction.
    const unchecked_sql empty("truncate only " + name);
    BOOST_OUTCOME_CO_TRY(co_await tx.execute(empty));
    BOOST_OUTCOME_CO_TRY(co_await from.start(t));
    const std::string columns = copied_columns(t);
    const unchecked_sql copy("copy " + name + (columns.empty() ? "" : " (" + columns + ")") + " from stdin (freeze)");
    BOOST_OUTCOME_CO_TRY(auto writer, co_await tx.copy_in(copy));
    std::uint64_t rows = 0;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto batch, co_await from.read());
        if (batch.bytes.empty()) {
            break;
        }
        BOOST_OUTCOME_CO_TRY(co_await writer.write(batch.bytes));
        rows += batch.rows;
        p.add(batch.rows, batch.bytes.size());
    }
    BOOST_OUTCOME_CO_TRY(const auto tag, co_await writer.finish());
    if (tag.rows_affected() != rows) {
        co_return fail(failure::different, "the source has given " + std::to_string(rows) + " rows, the target has taken " +
                                               std::to_string(tag.rows_affected()));
    }
    how.snapshot = snapshot;
    how.rows = static_cast<std::int64_t>(rows);
    how.sums = from.sums();
    how.replaced = from.replaced();
    BOOST_OUTCOME_CO_TRY(co_await mark_done(tx, step, how));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    co_return how;
}

task<table_report> compare_table(const table_plan& t, table_reader* from, const std::optional<table_sums>& known,
                                 pgcoro::connection& to, const std::string& encoding) {
    using namespace boost::asio::experimental::awaitable_operators;
    table_report report;
    pgcoro::result<table_sums> source = pgcoro::error(make_error_code(failure::bad_source));
    pgcoro::result<table_sums> target = source;
    if (known) {
        source = *known;
        target = co_await sum_up_target(t, to, encoding);
    } else if (from) {
        auto both = co_await (from->sum_up(t) && sum_up_target(t, to, encoding));
        source = std::move(std::get<0>(both));
        target = std::move(std::get<1>(both));
    }
    BOOST_OUTCOME_CO_TRY(const auto& at_source, source);
    BOOST_OUTCOME_CO_TRY(const auto& at_target, target);
    report.source = describe(t.from->name);
    report.target = describe(t.target);
    report.rows = at_target.rows;
    report.columns = t.columns.size();
    report.is_compared = true;
    if (at_source.columns.size() != t.columns.size()) {
        co_return fail(failure::bad_source, "the source gave checksums of other columns");
    }
    report.differences = compare(t, at_source, at_target);
    for (const column_plan& c : t.columns) {
        if (c.mapping.canonical == canonical_form::none) {
            report.remarks.push_back("column " + c.from->name + ": only the number of values was compared");
        }
    }
    BOOST_OUTCOME_CO_TRY(co_await compare_whole_rows(t, at_source.sample, to, report));
    co_return report;
}

} // namespace migrate
