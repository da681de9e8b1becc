// SPDX-License-Identifier: BSL-1.0
#include "row_producer.hpp"

#include "failure.hpp"
#include "sql_text.hpp"

#include <algorithm>
#include <utility>

namespace migrate::sqlite {
namespace {

constexpr std::size_t batch_bytes = std::size_t{256} * 1024;

} // namespace

pgcoro::result<row_producer> row_producer::start(database& db, const table_plan& plan, bad_values on_bad_values) {
    std::string columns;
    for (const column_plan& c : plan.columns) {
        columns += (columns.empty() ? "" : ", ") + sql_name(c.from->name);
    }
    BOOST_OUTCOME_TRY(auto rows, db.prepare("select " + columns + " from " + sql_name(plan.from->name.name)));
    return row_producer(std::move(rows), plan, on_bad_values);
}

row_producer::row_producer(statement rows, const table_plan& plan, bad_values on_bad_values)
    : rows_(std::move(rows)), plan_(&plan), on_bad_values_(on_bad_values), encoder_(plan) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        rules_.push_back(value_rule::for_type(plan.columns[i].mapping.type));
        const auto& key = plan.from->primary_key;
        if (key && std::ranges::find(key->columns, plan.columns[i].from->name) != key->columns.end()) {
            key_.push_back(i);
        }
    }
}

pgcoro::result<produced_rows> row_producer::next() {
    produced_rows made;
    const std::uint64_t before = encoder_.rows();
    while (!is_over_ && encoder_.pending_bytes() < batch_bytes) {
        BOOST_OUTCOME_TRY(const bool has_row, rows_.step());
        if (has_row) {
            BOOST_OUTCOME_TRY(add_row());
        }
        is_over_ = !has_row;
    }
    made.bytes = encoder_.take_bytes();
    made.rows = encoder_.rows() - before;
    if (made.rows == 0) {
        made.sums = encoder_.sums();
        made.replaced = replaced_;
    }
    return made;
}

pgcoro::result<> row_producer::add_row() {
    ++row_;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        const std::string problem = rules_[i].append(rows_.value(static_cast<int>(i)), encoder_);
        if (problem.empty()) {
            continue;
        }
        const std::string& column = plan_->columns[i].from->name;
        // Columns of a primary key are not declared NOT NULL, but are at the target.
        const bool is_required = plan_->columns[i].from->is_required || std::ranges::find(key_, i) != key_.end();
        if (on_bad_values_ == bad_values::fail || is_required) {
            return fail(failure::bad_value, describe_row() + ", column " + column + ": " + problem);
        }
        encoder_.add_null();
        auto known = std::ranges::find(replaced_, column, &replaced_values::column);
        if (known == replaced_.end()) {
            known = replaced_.insert(known, {column, 0, describe_row() + ": " + problem});
        }
        ++known->count;
    }
    encoder_.end_row();
    return pgcoro::success();
}

std::string row_producer::describe_row() const {
    std::string key;
    for (const std::size_t i : key_) {
        key += (key.empty() ? "" : ", ") + plan_->columns[i].from->name + " " + rows_.text(static_cast<int>(i));
    }
    return "row " + std::to_string(row_) + (key.empty() ? "" : " (" + key + ")");
}

} // namespace migrate::sqlite
