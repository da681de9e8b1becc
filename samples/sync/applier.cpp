// SPDX-License-Identifier: BSL-1.0
#include "applier.hpp"

#include "bookkeeping.hpp"
#include "column_arrays.hpp"
#include "copied_rows.hpp"
#include "failure.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace data_sync {

namespace replication = pgcoro::replication;
using pgcoro::task;

namespace {

/// Each may have a megabyte.
constexpr std::size_t most_arrays_in_flight = 16;

/// COPY waits for its answers, while other statements follow each other without.
constexpr std::size_t fewest_to_copy = 50;

sent_change change_of(const pending_changes::group& changes) {
    sent_change change;
    change.kind = changes.how->kind;
    change.table = changes.how->table;
    change.rows = changes.rows.size();
    return change;
}

/// The table of a change of one row.
const std::shared_ptr<const replication::table>* table_of(const replication::event& e) {
    if (const auto* i = std::get_if<replication::insert>(&e)) {
        return &i->table;
    }
    if (const auto* u = std::get_if<replication::update>(&e)) {
        return &u->table;
    }
    const auto* d = std::get_if<replication::delete_>(&e);
    return d ? &d->table : nullptr;
}

} // namespace

applier::applier(pgcoro::connection& db, const options& o, std::string slot, pgcoro::lsn position, plan_maker make_plan)
    : db_(db), options_(o), slot_(std::move(slot)), make_plan_(std::move(make_plan)), position_(position), pending_(position) {}

bool applier::is_full() const noexcept {
    return mode_ == apply_mode::careful || in_tx_.changes >= static_cast<std::int64_t>(options_.batch);
}

task<> applier::open() {
    if (!sent_) {
        BOOST_OUTCOME_CO_TRY(tx_, co_await db_.begin());
        sent_ = std::make_shared<sent_changes>(db_.get_executor(), options_.conflicts);
    }
    co_return pgcoro::success();
}

task<> applier::take(const replication::event& event) {
    if (const auto* const table = table_of(event)) {
        co_return co_await change(event, *table);
    }
    if (const auto* t = std::get_if<replication::truncate>(&event)) {
        co_return co_await truncate(*t);
    }
    if (std::holds_alternative<replication::begin>(event)) {
        is_inside_ = true;
    } else if (const auto* c = std::get_if<replication::commit>(&event)) {
        is_inside_ = false;
        pending_ = c->end;
        pending_time_ = c->time;
        ++in_tx_.transactions;
    } else if (const auto* k = std::get_if<replication::keepalive>(&event)) {
        pending_ = std::max(pending_, k->end);
    } else if (std::holds_alternative<replication::restarted>(event) && (is_inside_ || sent_)) {
        // Whole transactions that are not committed here do not come again in this stream.
        co_return fail(failure::interrupted, std::get<replication::restarted>(event).reason.message());
    }
    co_return pgcoro::success();
}

task<> applier::change(const replication::event& event, std::shared_ptr<const replication::table> table) {
    BOOST_OUTCOME_CO_TRY(co_await open());
    if (!tables_.contains(table.get())) {
        BOOST_OUTCOME_CO_TRY(co_await prepare(table));
    }
    auto& plan = *tables_.at(table.get()).plan;
    BOOST_OUTCOME_CO_TRY(co_await send(plan, event));
    ++in_tx_.changes;
    if (sent_->in_flight() >= options_.in_flight) {
        BOOST_OUTCOME_CO_TRY(co_await sent_->wait_for(options_.in_flight / 2));
    }
    co_return pgcoro::success();
}

task<> applier::prepare(std::shared_ptr<const replication::table> table) {
    BOOST_OUTCOME_CO_TRY(co_await send_pending());
    BOOST_OUTCOME_CO_TRY(co_await sent_->wait_for(0)); // an error of theirs must not be taken for one of this
    BOOST_OUTCOME_CO_TRY(auto shape, co_await make_plan_(tx_, *table));
    known_table known;
    known.table = table;
    known.plan = std::make_unique<table_plan>(std::move(shape), options_.conflicts);
    tables_.insert_or_assign(table.get(), std::move(known));
    co_return pgcoro::success();
}

task<> applier::truncate(const replication::truncate& t) {
    BOOST_OUTCOME_CO_TRY(co_await open());
    BOOST_OUTCOME_CO_TRY(co_await send_pending());
    std::vector<std::string> names;
    sent_change change;
    for (const auto& table : t.tables) {
        names.push_back(sql_name(table->schema, table->name));
        change.table = std::make_shared<const std::string>(table->schema + "." + table->name);
    }
    const pgcoro::unchecked_sql statement(truncate_statement(names, t.restart_identity, t.cascade));
    sent_->send(tx_.execute(statement), std::move(change));
    ++in_tx_.changes;
    co_return pgcoro::success();
}

task<> applier::send(table_plan& plan, const replication::event& event) {
    if (const auto* const how = mode_ == apply_mode::together ? plan.array_for(event) : nullptr) {
        const auto* const i = std::get_if<replication::insert>(&event);
        const auto* const u = std::get_if<replication::update>(&event);
        const auto& row = i ? i->row : u ? u->row : std::get<replication::delete_>(event).old;
        co_return co_await send_together(plan, *how, row);
    }
    BOOST_OUTCOME_CO_TRY(co_await send_pending());
    send_one(plan, event);
    co_return pgcoro::success();
}

task<> applier::send_together(const table_plan& plan, const array_statement& how, const pgcoro::changed_row& row) {
    BOOST_OUTCOME_CO_TRY(auto key, plan.key_of(row));
    BOOST_OUTCOME_CO_TRY(auto cells, cells_for(how, row));
    if (!together_.add(how, key, cells)) {
        BOOST_OUTCOME_CO_TRY(co_await send_pending());
        together_.add(how, std::move(key), std::move(cells));
    }
    if (together_.is_full()) {
        BOOST_OUTCOME_CO_TRY(co_await send_pending());
    }
    co_return pgcoro::success();
}

task<> applier::send_pending() {
    if (together_.empty()) {
        co_return pgcoro::success();
    }
    for (const auto& changes : together_.take()) {
        if (!changes.how->copy_text.empty() && changes.rows.size() >= fewest_to_copy) {
            BOOST_OUTCOME_CO_TRY(co_await copy(changes));
        } else {
            send(changes);
        }
    }
    if (sent_->in_flight() >= most_arrays_in_flight) {
        BOOST_OUTCOME_CO_TRY(co_await sent_->wait_for(most_arrays_in_flight / 2));
    }
    co_return pgcoro::success();
}

void applier::send(const pending_changes::group& changes) {
    const array_statement& how = *changes.how;
    std::vector<cell_reader> rows;
    for (const auto& row : changes.rows) {
        rows.emplace_back(row.cells);
    }
    pgcoro::parameters values;
    for (const auto type : how.types) {
        std::string cells;
        for (auto& row : rows) {
            cells.append(row.next());
        }
        push_array(values, type, rows.size(), cells);
    }
    sent_->send(tx_.execute(pgcoro::unchecked_sql::kept(how.text), std::move(values)), change_of(changes));
}

task<> applier::copy(const pending_changes::group& changes) {
    const auto answer = co_await send_copy(changes);
    sent_->take_answer(answer, change_of(changes));
    co_return co_await sent_->wait_for(0); // whatever failed first
}

task<pgcoro::command_tag> applier::send_copy(const pending_changes::group& changes) {
    const auto bytes = copied_rows(changes);
    const pgcoro::unchecked_sql statement(changes.how->copy_text);
    BOOST_OUTCOME_CO_TRY(auto writer, co_await tx_.copy_in(statement));
    BOOST_OUTCOME_CO_TRY(co_await writer.write(bytes));
    co_return co_await writer.finish();
}

void applier::send_one(table_plan& plan, const replication::event& event) {
    if (const auto* i = std::get_if<replication::insert>(&event)) {
        send(plan.insert(), change_kind::insert, plan, i->row, {});
    } else if (const auto* u = std::get_if<replication::update>(&event)) {
        send(plan.update(*u), change_kind::update, plan, u->row, u->old);
    } else if (const auto* d = std::get_if<replication::delete_>(&event)) {
        send(plan.remove(), change_kind::remove, plan, {}, d->old);
    }
}

void applier::send(const table_plan::statement& s, change_kind kind, const table_plan& plan, const pgcoro::changed_row& row,
                   const pgcoro::changed_row& old) {
    sent_change change;
    change.kind = kind;
    change.inserts_missing = s.how.inserts_missing;
    change.table = plan.title();
    if (mode_ == apply_mode::careful) {
        change.key = plan.describe_key(old.size() != 0 ? old : row);
    }
    sent_->send(tx_.execute(s.sql, values_for(s.how, row, old)), std::move(change));
}

task<> applier::commit() {
    if (!has_pending()) {
        co_return pgcoro::success();
    }
    BOOST_OUTCOME_CO_TRY(co_await open());
    BOOST_OUTCOME_CO_TRY(co_await send_pending());
    sent_->send_position(move_position(tx_, slot_, position_, pending_, pending_time_, in_tx_));
    BOOST_OUTCOME_CO_TRY(co_await sent_->wait_for(0));
    if (sent_->conflicts() != 0) {
        in_tx_.conflicts = sent_->conflicts();
        BOOST_OUTCOME_CO_TRY(co_await tx_.execute("update pgcoro_sync.targets set conflicts = conflicts + $2 where slot = $1",
                                                  slot_, in_tx_.conflicts));
    }
    BOOST_OUTCOME_CO_TRY(co_await tx_.commit());
    sent_.reset();
    position_ = pending_;
    committed_.transactions += in_tx_.transactions;
    committed_.changes += in_tx_.changes;
    committed_.conflicts += in_tx_.conflicts;
    in_tx_ = {};
    co_return pgcoro::success();
}

} // namespace data_sync
