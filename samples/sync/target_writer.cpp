// SPDX-License-Identifier: BSL-1.0
#include "target_writer.hpp"

#include "bookkeeping.hpp"
#include "column_arrays.hpp"
#include "copied_rows.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <utility>

namespace data_sync {

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

bool is_to_copy(const pending_changes::group& changes) {
    return !changes.how->copy_text.empty() && changes.rows.size() >= fewest_to_copy;
}

} // namespace

target_writer::target_writer(pgcoro::connection& db, const options& o, std::string slot, pgcoro::lsn position,
                             std::function<void()> on_commit)
    : db_(db), options_(o), slot_(std::move(slot)), on_commit_(std::move(on_commit)), position_(position) {}

task<pgcoro::transaction*> target_writer::begin() {
    if (!sent_) {
        BOOST_OUTCOME_CO_TRY(tx_, co_await db_.begin());
        sent_ = std::make_shared<sent_changes>(db_.get_executor(), options_.conflicts);
    }
    co_return &tx_;
}

void target_writer::send(pgcoro::operation<pgcoro::command_tag> statement, sent_change change) {
    sent_->send(std::move(statement), std::move(change));
}

task<> target_writer::wait_for(std::size_t in_flight) {
    if (!sent_) {
        co_return pgcoro::success();
    }
    co_return co_await sent_->wait_for(in_flight);
}

task<> target_writer::write(std::vector<pending_changes::group> changes) {
    BOOST_OUTCOME_CO_TRY(co_await begin());
    for (const auto& group : changes) {
        if (is_to_copy(group)) {
            BOOST_OUTCOME_CO_TRY(co_await copy(group));
        } else {
            send(group);
        }
    }
    if (in_flight() >= most_arrays_in_flight) {
        BOOST_OUTCOME_CO_TRY(co_await wait_for(most_arrays_in_flight / 2));
    }
    co_return pgcoro::success();
}

void target_writer::send(const pending_changes::group& changes) {
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
    send(tx_.execute(pgcoro::unchecked_sql::kept(how.text), std::move(values)), change_of(changes));
}

task<> target_writer::copy(const pending_changes::group& changes) {
    const auto answer = co_await send_copy(changes);
    sent_->take_answer(answer, change_of(changes));
    co_return co_await wait_for(0); // whatever failed first
}

task<pgcoro::command_tag> target_writer::send_copy(const pending_changes::group& changes) {
    const auto bytes = copied_rows(changes);
    const pgcoro::unchecked_sql statement(changes.how->copy_text);
    BOOST_OUTCOME_CO_TRY(auto writer, co_await tx_.copy_in(statement));
    BOOST_OUTCOME_CO_TRY(co_await writer.write(bytes));
    co_return co_await writer.finish();
}

task<> target_writer::commit(batch_end end) {
    BOOST_OUTCOME_CO_TRY(co_await begin());
    sent_->send_position(move_position(tx_, slot_, position_, end.position, end.time, end.counts));
    BOOST_OUTCOME_CO_TRY(co_await wait_for(0));
    if (sent_->conflicts() != 0) {
        end.counts.conflicts = sent_->conflicts();
        BOOST_OUTCOME_CO_TRY(co_await tx_.execute("update pgcoro_sync.targets set conflicts = conflicts + $2 where slot = $1",
                                                  slot_, end.counts.conflicts));
    }
    BOOST_OUTCOME_CO_TRY(co_await tx_.commit());
    sent_.reset();
    position_ = end.position;
    committed_.transactions += end.counts.transactions;
    committed_.changes += end.counts.changes;
    committed_.conflicts += end.counts.conflicts;
    on_commit_();
    co_return pgcoro::success();
}

} // namespace data_sync
