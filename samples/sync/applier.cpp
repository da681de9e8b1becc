// SPDX-License-Identifier: BSL-1.0
#include "applier.hpp"

#include "failure.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace data_sync {

namespace replication = pgcoro::replication;
using pgcoro::task;

namespace {

/// Of those that write, while more changes are taken: each may have a megabyte of them.
constexpr std::size_t most_tasks = 2;

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

/// The row that it leads to; of a delete, the old one.
const pgcoro::changed_row& row_of(const replication::event& change) {
    const auto* const i = std::get_if<replication::insert>(&change);
    const auto* const u = std::get_if<replication::update>(&change);
    return i ? i->row : u ? u->row : std::get<replication::delete_>(change).old;
}

} // namespace

applier::applier(pgcoro::connection& db, const options& o, std::string slot, pgcoro::lsn position, applier_events events)
    : options_(o),
      owner_(std::move(events)),
      committing_(position),
      target_(db, o, std::move(slot), position, [this] { mode_ = owner_.on_commit(target_.position(), target_.committed()); }),
      writing_(db.get_executor(), owner_.on_idle) {
    pending_.position = position;
}

bool applier::is_full() const noexcept {
    return mode_ == apply_mode::careful || pending_.counts.changes >= static_cast<std::int64_t>(options_.batch);
}

bool applier::try_take(const replication::event& event) {
    if (std::holds_alternative<replication::keepalive>(event)) {
        return false; // asking for the next event confirms it, which must wait for the commit of its position
    }
    const auto* const table = table_of(event);
    return table ? try_keep(event, **table) : note(event);
}

task<> applier::take(const replication::event& event) {
    if (const auto* const table = table_of(event)) {
        co_return co_await change(event, *table);
    }
    if (const auto* t = std::get_if<replication::truncate>(&event)) {
        co_return co_await truncate(*t);
    }
    if (const auto* r = std::get_if<replication::restarted>(&event)) {
        co_return co_await restart(r->reason);
    }
    note(event);
    co_return pgcoro::success();
}

/// What is no change. False: it is none of these.
bool applier::note(const replication::event& event) {
    if (std::holds_alternative<replication::begin>(event)) {
        is_inside_ = true;
    } else if (const auto* c = std::get_if<replication::commit>(&event)) {
        is_inside_ = false;
        pending_.position = c->end;
        pending_.time = c->time;
        ++pending_.counts.transactions;
    } else if (const auto* k = std::get_if<replication::keepalive>(&event)) {
        pending_.position = std::max(pending_.position, k->end);
    } else {
        return false;
    }
    return true;
}

/// Whole transactions that are not committed here do not come again in this stream.
task<> applier::restart(const pgcoro::error& reason) {
    if (is_inside_ || pending_.counts.changes != 0) {
        co_return fail(failure::interrupted, reason.message());
    }
    co_return pgcoro::success();
}

task<> applier::change(const replication::event& event, std::shared_ptr<const replication::table> table) {
    auto known = tables_.find(table.get());
    if (known == tables_.end()) {
        BOOST_OUTCOME_CO_TRY(co_await prepare(table));
        known = tables_.find(table.get());
    }
    ++pending_.counts.changes;
    auto& plan = *known->second.plan;
    if (const auto* const how = mode_ == apply_mode::together ? plan.array_for(event) : nullptr) {
        co_return co_await keep(plan, *how, row_of(event));
    }
    co_return co_await send_one(plan, event);
}

task<> applier::prepare(std::shared_ptr<const replication::table> table) {
    BOOST_OUTCOME_CO_TRY(auto* const tx, co_await send_directly());
    BOOST_OUTCOME_CO_TRY(co_await target_.wait_for(0)); // an error of theirs must not be taken for one of this
    BOOST_OUTCOME_CO_TRY(auto shape, co_await owner_.make_plan(*tx, *table));
    known_table known;
    known.table = table;
    known.plan = std::make_unique<table_plan>(std::move(shape), options_.conflicts);
    tables_.insert_or_assign(table.get(), std::move(known));
    co_return pgcoro::success();
}

task<> applier::truncate(const replication::truncate& t) {
    BOOST_OUTCOME_CO_TRY(auto* const tx, co_await send_directly());
    std::vector<std::string> names;
    sent_change change;
    for (const auto& table : t.tables) {
        names.push_back(sql_name(table->schema, table->name));
        change.table = std::make_shared<const std::string>(table->schema + "." + table->name);
    }
    const pgcoro::unchecked_sql statement(truncate_statement(names, t.restart_identity));
    target_.send(tx->execute(statement), std::move(change));
    ++pending_.counts.changes;
    co_return pgcoro::success();
}

bool applier::try_keep(const replication::event& event, const replication::table& table) {
    const auto known = tables_.find(&table);
    if (mode_ != apply_mode::together || known == tables_.end() || together_.is_full()) {
        return false;
    }
    auto& plan = *known->second.plan;
    const auto* const how = plan.array_for(event);
    if (!how) {
        return false;
    }
    auto key = plan.key_of(row_of(event));
    auto cells = cells_for(*how, row_of(event));
    if (!key || !cells || !together_.add(*how, std::move(key).value(), std::move(cells).value())) {
        return false;
    }
    ++pending_.counts.changes;
    return true;
}

task<> applier::keep(const table_plan& plan, const array_statement& how, const pgcoro::changed_row& row) {
    BOOST_OUTCOME_CO_TRY(auto key, plan.key_of(row));
    BOOST_OUTCOME_CO_TRY(auto cells, cells_for(how, row));
    if (together_.is_full() || !together_.add(how, key, cells)) {
        BOOST_OUTCOME_CO_TRY(co_await send_pending());
        together_.add(how, std::move(key), std::move(cells));
    }
    co_return pgcoro::success();
}

task<> applier::send_pending() {
    if (together_.empty()) {
        co_return pgcoro::success();
    }
    BOOST_OUTCOME_CO_TRY(co_await writing_.wait_for(most_tasks - 1));
    writing_.add(target_.write(together_.take()));
    co_return pgcoro::success();
}

/// Once all that was kept is sent, statements may be sent in the transaction.
task<pgcoro::transaction*> applier::send_directly() {
    BOOST_OUTCOME_CO_TRY(co_await writing_.wait_for(0));
    if (!together_.empty()) {
        BOOST_OUTCOME_CO_TRY(co_await target_.write(together_.take()));
    }
    co_return co_await target_.begin();
}

task<> applier::send_one(table_plan& plan, const replication::event& event) {
    BOOST_OUTCOME_CO_TRY(auto* const tx, co_await send_directly());
    if (const auto* i = std::get_if<replication::insert>(&event)) {
        send(*tx, plan.insert(), change_kind::insert, plan, i->row, {});
    } else if (const auto* u = std::get_if<replication::update>(&event)) {
        send(*tx, plan.update(*u), change_kind::update, plan, u->row, u->old);
    } else if (const auto* d = std::get_if<replication::delete_>(&event)) {
        send(*tx, plan.remove(), change_kind::remove, plan, {}, d->old);
    }
    if (target_.in_flight() >= options_.in_flight) {
        BOOST_OUTCOME_CO_TRY(co_await target_.wait_for(options_.in_flight / 2));
    }
    co_return pgcoro::success();
}

void applier::send(pgcoro::transaction& tx, const table_plan::statement& s, change_kind kind, const table_plan& plan,
                   const pgcoro::changed_row& row, const pgcoro::changed_row& old) {
    sent_change change;
    change.kind = kind;
    change.inserts_missing = s.how.inserts_missing;
    change.table = plan.title();
    if (mode_ == apply_mode::careful) {
        change.key = plan.describe_key(old.size() != 0 ? old : row);
    }
    target_.send(tx.execute(s.sql, values_for(s.how, row, old)), std::move(change));
}

task<> applier::start_commit() {
    BOOST_OUTCOME_CO_TRY(co_await writing_.wait_for(most_tasks)); // does not wait, but tells what has failed
    if (is_inside_ || pending_.position <= committing_) {
        co_return pgcoro::success();
    }
    BOOST_OUTCOME_CO_TRY(co_await send_pending());
    BOOST_OUTCOME_CO_TRY(co_await writing_.wait_for(most_tasks - 1));
    writing_.add(target_.commit(pending_));
    committing_ = pending_.position;
    pending_.counts = {};
    co_return pgcoro::success();
}

task<> applier::wait() { co_return co_await writing_.wait_for(0); }

} // namespace data_sync
