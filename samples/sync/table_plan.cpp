// SPDX-License-Identifier: BSL-1.0
#include "table_plan.hpp"

#include "column_arrays.hpp"

namespace data_sync {
namespace {

namespace replication = pgcoro::replication;

std::vector<bool> sent_columns(const pgcoro::changed_row& row) {
    std::vector<bool> sent;
    for (const auto field : row) {
        sent.push_back(field.is_sent());
    }
    return sent;
}

bool is_whole(const pgcoro::changed_row& row) {
    for (const auto field : row) {
        if (!field.is_sent()) {
            return false;
        }
    }
    return true;
}

} // namespace

table_plan::table_plan(table_shape shape, conflict_policy policy)
    : shape_(std::move(shape)),
      policy_(policy),
      title_(std::make_shared<const std::string>(shape_.schema + "." + shape_.name)) {
    if (shape_.may_be_combined) {
        array_insert_ = array_insert(shape_);
        array_remove_ = array_delete(shape_);
        whole_array_update_ = array_update(shape_, std::vector<bool>(shape_.columns.size(), true));
        for (auto* const made : {&array_insert_, &array_remove_, &whole_array_update_}) {
            if (*made) {
                (*made)->table = title_;
            }
        }
    }
}

const table_plan::statement& table_plan::insert() {
    if (!insert_) {
        insert_.emplace(insert_statement(shape_, policy_));
    }
    return *insert_;
}

const table_plan::statement& table_plan::update(const replication::update& u) {
    const bool has_old = u.has_old != replication::old_row::none;
    if (is_whole(u.row)) {
        auto& whole = whole_updates_[has_old ? 1 : 0];
        if (!whole) {
            whole.emplace(update_statement(shape_, policy_, std::vector<bool>(shape_.columns.size(), true), has_old));
        }
        return *whole;
    }
    form wanted(has_old, sent_columns(u.row));
    auto found = updates_.find(wanted);
    if (found == updates_.end()) {
        const auto made = update_statement(shape_, policy_, wanted.second, has_old);
        found = updates_.emplace(std::move(wanted), statement(made)).first;
    }
    return found->second;
}

const table_plan::statement& table_plan::remove() {
    if (!remove_) {
        remove_.emplace(delete_statement(shape_));
    }
    return *remove_;
}

const array_statement* table_plan::array_for(const replication::event& change) {
    const auto pointer = [](const std::optional<array_statement>& s) { return s ? &*s : nullptr; };
    if (std::holds_alternative<replication::insert>(change)) {
        return pointer(array_insert_);
    }
    if (std::holds_alternative<replication::delete_>(change)) {
        return pointer(array_remove_);
    }
    const auto* const u = std::get_if<replication::update>(&change);
    if (!u || u->has_old != replication::old_row::none || !shape_.may_be_combined) { // else its key may have changed
        return nullptr;
    }
    if (is_whole(u->row)) {
        return pointer(whole_array_update_);
    }
    auto sent = sent_columns(u->row);
    auto found = array_updates_.find(sent);
    if (found == array_updates_.end()) {
        auto made = array_update(shape_, sent);
        if (made) {
            made->table = title_;
        }
        found = array_updates_.emplace(std::move(sent), std::move(made)).first;
    }
    return pointer(found->second);
}

pgcoro::result<std::string> table_plan::key_of(const pgcoro::changed_row& row) const {
    const table_plan* const self = this;
    std::string key(reinterpret_cast<const char*>(&self), sizeof self);
    for (std::size_t i = 0; i < shape_.columns.size(); ++i) {
        if (shape_.columns[i].is_key) {
            BOOST_OUTCOME_TRY(append_cell(row[i], key));
        }
    }
    return key;
}

pgcoro::result<std::string> cells_for(const array_statement& s, const pgcoro::changed_row& row) {
    std::string cells;
    cells.reserve(16 * s.columns.size()); // enough for most rows
    for (const auto column : s.columns) {
        BOOST_OUTCOME_TRY(append_cell(row[column], cells));
    }
    return cells;
}

std::string table_plan::describe_key(const pgcoro::changed_row& row) const {
    std::string text;
    for (std::size_t i = 0; i < shape_.columns.size() && i < row.size(); ++i) {
        if (shape_.columns[i].is_key) {
            const auto value = row[i].text();
            text.append(text.empty() ? "(" : ", ").append(shape_.columns[i].name).append(" = ");
            text.append(value ? value.value() : "?");
        }
    }
    return text.empty() ? text : text + ")";
}

pgcoro::parameters values_for(const apply_statement& s, const pgcoro::changed_row& row, const pgcoro::changed_row& old) {
    pgcoro::parameters values;
    for (const auto column : s.of_new) {
        values.push_back(row[column]);
    }
    for (const auto column : s.of_old) {
        values.push_back(old[column]);
    }
    return values;
}

} // namespace data_sync
