// SPDX-License-Identifier: BSL-1.0
// Applies the events of a stream to one target. Transactions stay whole, and several small ones share one transaction of the
// target, with the position that they lead to. While the target works on some changes, the next ones are taken.
#pragma once

#include "apply_mode.hpp"
#include "options.hpp"
#include "pending_changes.hpp"
#include "table_plan.hpp"
#include "target_writer.hpp"
#include "task_queue.hpp"

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

/// What it tells its owner.
struct applier_events {
    plan_maker make_plan;
    /// Everything up to there is committed, and so much since the start. Gives the mode from now on.
    std::function<apply_mode(pgcoro::lsn position, const sync_counts& counts)> on_commit;
    std::function<void()> on_idle; ///< the target has nothing to do, or something has failed
};

class applier {
public:
    applier(pgcoro::connection& db, const options& o, std::string slot, pgcoro::lsn position, applier_events events);

    /// Keeps what the event asks for, if nothing has to be sent or awaited for it: most changes cost no coroutine. False: it
    /// was not taken. A keepalive never is: the stream confirms it when it is asked for the next event.
    bool try_take(const pgcoro::replication::event& event);
    /// Keeps or sends what the event asks for. Waits while the target is too far behind.
    pgcoro::task<> take(const pgcoro::replication::event& event);

    /// Starts to commit the whole transactions that were taken, if there are any, and no other one has begun. Fails if
    /// something that was started before has failed.
    pgcoro::task<> start_commit();
    /// Until all that was started is done. Fails as `start_commit`.
    pgcoro::task<> wait();
    /// The same, of whatever is left after a failure. Must be called before it is destroyed.
    pgcoro::task<> wait_until_over() { return writing_.wait_until_over(); }

    /// The target has nothing to do, or something has failed.
    bool is_idle() const noexcept { return writing_.size() == 0; }
    /// So much is pending that it should be committed.
    bool is_full() const noexcept;
    /// A change could not be applied. Otherwise, what failed was the connection.
    bool has_failed() const noexcept { return target_.has_failed(); }
    /// At the start. Messages name the keys of rows in the careful mode only, as that costs time.
    void set_mode(apply_mode mode) noexcept { mode_ = mode; }

    /// Everything up to there is committed.
    pgcoro::lsn position() const noexcept { return target_.position(); }

private:
    pgcoro::task<> prepare(std::shared_ptr<const pgcoro::replication::table> table);
    pgcoro::task<> truncate(const pgcoro::replication::truncate& t);
    pgcoro::task<> change(const pgcoro::replication::event& event, std::shared_ptr<const pgcoro::replication::table> table);
    bool note(const pgcoro::replication::event& event);
    pgcoro::task<> restart(const pgcoro::error& reason);
    bool try_keep(const pgcoro::replication::event& event, const pgcoro::replication::table& table);
    pgcoro::task<> keep(const table_plan& plan, const array_statement& how, const pgcoro::changed_row& row);
    pgcoro::task<> send_pending();
    pgcoro::task<pgcoro::transaction*> send_directly();
    pgcoro::task<> send_one(table_plan& plan, const pgcoro::replication::event& event);
    void send(pgcoro::transaction& tx, const table_plan::statement& s, change_kind kind, const table_plan& plan,
              const pgcoro::changed_row& row, const pgcoro::changed_row& old);

    struct known_table {
        std::shared_ptr<const pgcoro::replication::table> table; // keeps its address
        std::unique_ptr<table_plan> plan;
    };

    const options& options_;
    applier_events owner_;
    std::map<const pgcoro::replication::table*, known_table> tables_;
    apply_mode mode_ = apply_mode::together;

    pending_changes together_; // not sent yet
    bool is_inside_ = false;   // of a transaction of the source
    batch_end pending_;        // after the last whole transaction
    pgcoro::lsn committing_;   // committed, once all that was started is done

    target_writer target_;
    task_queue writing_;
};

} // namespace data_sync
