// SPDX-License-Identifier: BSL-1.0
#include "postgres_reader.hpp"

#include "sql_text.hpp"
#include "sums_query.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>

namespace migrate {

using pgcoro::task;

task<> postgres_reader::start(const table_plan& plan) {
    rows_.close();
    rows_before_ = 0;
    const std::string columns = copied_columns(plan);
    const std::string name = sql_name(plan.from->name);
    // A table without columns has rows, too. COPY does not read generated columns, which can be ordinary ones at the target.
    const bool reads_generated =
        std::ranges::any_of(plan.columns, [](const column_plan& c) { return c.from->generated && !c.is_generated; });
    const std::string rows = reads_generated ? "(select " + columns + " from only " + name + ")"
                                             : name + (columns.empty() ? "" : " (" + columns + ")");
    const pgcoro::unchecked_sql copy("copy " + rows + " to stdout");
    BOOST_OUTCOME_CO_TRY(rows_, co_await tx_.copy_out(copy));
    co_return pgcoro::success();
}

task<row_batch> postgres_reader::read() {
    BOOST_OUTCOME_CO_TRY(const auto bytes, co_await rows_.read());
    row_batch batch;
    batch.bytes = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    batch.rows = rows_.messages_read() - rows_before_;
    rows_before_ += batch.rows;
    co_return batch;
}

task<table_sums> postgres_reader::sum_up(const table_plan& plan) {
    rows_.close();
    const pgcoro::unchecked_sql query(sums_query(plan, side::source, encoding_));
    BOOST_OUTCOME_CO_TRY(const auto values, co_await tx_.fetch_one<std::vector<std::optional<std::string>>>(query));
    BOOST_OUTCOME_CO_TRY(auto sums, read_sums(plan, values));
    BOOST_OUTCOME_CO_TRY(co_await count_changes(plan, sums));
    BOOST_OUTCOME_CO_TRY(sums.sample, co_await sample(plan, sums.rows));
    co_return sums;
}

task<> postgres_reader::count_changes(const table_plan& plan, table_sums& sums) {
    if (cast_columns(plan).empty()) {
        co_return pgcoro::success();
    }
    const pgcoro::unchecked_sql query(changes_query(plan));
    BOOST_OUTCOME_CO_TRY(const auto values, co_await tx_.fetch_one<std::vector<std::optional<std::string>>>(query));
    co_return read_changes(plan, values, sums);
}

task<std::vector<sample_row>> postgres_reader::sample(const table_plan& plan, std::uint64_t rows) {
    std::vector<sample_row> found;
    if (plan.sample_rows == 0 || plan.columns.empty()) {
        co_return found;
    }
    std::string texts;
    for (const column_plan& c : plan.columns) {
        texts += (texts.empty() ? "" : ", ") + canonical_text(c, side::source);
    }
    // Of a large table some blocks, wherever they are.
    const double share = rows == 0 ? 1.0 : 20.0 * plan.sample_rows / static_cast<double>(rows);
    std::string text = "select array[" + texts + "] from only " + sql_name(plan.from->name);
    if (share < 0.5) {
        text += " tablesample system (" + std::to_string(std::max(share * 100, 0.001)) + ")";
    }
    const pgcoro::unchecked_sql query(text + " limit " + std::to_string(plan.sample_rows));
    BOOST_OUTCOME_CO_TRY(found, co_await tx_.fetch<sample_row>(query));
    co_return found;
}

} // namespace migrate
