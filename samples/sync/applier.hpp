// SPDX-License-Identifier: BSL-1.0
// Applies the events of a stream to one target. Transactions stay whole, and several small ones share one transaction of the
// target, with the position that they lead to.
#pragma once

#include "apply_mode.hpp"
#include "options.hpp"
#include "pending_changes.hpp"
#include "sent_changes.hpp"
#include "table_plan.hpp"
#include "target_status.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/replication_events.hpp>
#include <pgcoro/transaction.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace data_sync {

/// How the changes of a table that was not seen before, or has changed, are applied.
using plan_maker =
    std::function<pgcoro::task<table_shape>(pgcoro::transaction& target, const pgcoro::replication::table& table)>;

class applier {
public:
    applier(pgcoro::connection& db, const options& o, std::string slot, pgcoro::lsn position, plan_maker make_plan);

    /// Sends what the event asks for. Answers are awaited when too many are outstanding.
    pgcoro::task<> take(const pgcoro::replication::event& event);

    /// Commits whole transactions that were taken, if there are any. Precondition: `is_between_transactions`.
    pgcoro::task<> commit();

    bool is_between_transactions() const noexcept { return !is_inside_; }
    /// There is something to commit.
    bool has_pending() const noexcept { return pending_ > position_; }
    /// So much is pending that it should be committed.
    bool is_full() const noexcept;
    /// A change could not be applied. Otherwise, what failed was the connection.
    bool has_failed() const noexcept { return sent_ && sent_->has_failed(); }
    /// From now on. Messages name the keys of rows in the careful mode only, as that costs time. Precondition: nothing is
    /// pending.
    void set_mode(apply_mode mode) noexcept { mode_ = mode; }

    /// Everything up to there is committed.
    pgcoro::lsn position() const noexcept { return position_; }
    const sync_counts& committed() const noexcept { return committed_; }

private:
    pgcoro::task<> open();
    pgcoro::task<> prepare(std::shared_ptr<const pgcoro::replication::table> table);
    pgcoro::task<> truncate(const pgcoro::replication::truncate& t);
    pgcoro::task<> change(const pgcoro::replication::event& event, std::shared_ptr<const pgcoro::replication::table> table);
    pgcoro::task<> send(table_plan& plan, const pgcoro::replication::event& event);
    pgcoro::task<> send_together(const table_plan& plan, const array_statement& how, const pgcoro::changed_row& row);
    pgcoro::task<> send_pending();
    void send(const pending_changes::group& changes);
    pgcoro::task<> copy(const pending_changes::group& changes);
    pgcoro::task<pgcoro::command_tag> send_copy(const pending_changes::group& changes);
    void send_one(table_plan& plan, const pgcoro::replication::event& event);
    void send(const table_plan::statement& s, change_kind kind, const table_plan& plan, const pgcoro::changed_row& row,
              const pgcoro::changed_row& old);

    struct known_table {
        std::shared_ptr<const pgcoro::replication::table> table; // keeps its address
        std::unique_ptr<table_plan> plan;
    };

    pgcoro::connection& db_;
    const options& options_;
    std::string slot_;
    plan_maker make_plan_;
    std::map<const pgcoro::replication::table*, known_table> tables_;
    apply_mode mode_ = apply_mode::together;
    pending_changes together_; // not sent yet

    pgcoro::transaction tx_;
    std::shared_ptr<sent_changes> sent_; // in tx_
    bool is_inside_ = false;             // of a transaction of the source
    pgcoro::lsn position_;               // committed
    pgcoro::lsn pending_;                // after tx_
    std::optional<pgcoro::replication::time_point> pending_time_;
    sync_counts in_tx_;
    sync_counts committed_;
};

} // namespace data_sync
