// SPDX-License-Identifier: BSL-1.0
// Writes changes to one target, in transactions that each move its position. Where they come from is not its concern.
#pragma once

#include "options.hpp"
#include "pending_changes.hpp"
#include "sent_changes.hpp"
#include "target_status.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/replication_events.hpp>
#include <pgcoro/transaction.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace data_sync {

/// The end of a transaction of the target.
struct batch_end {
    pgcoro::lsn position; ///< that it leads to
    std::optional<pgcoro::replication::time_point> time;
    sync_counts counts; ///< of what is in it
};

/// One function at a time: each leaves all in order for the next one.
class target_writer {
public:
    /// `on_commit` is called after each.
    target_writer(pgcoro::connection& db, const options& o, std::string slot, pgcoro::lsn position,
                  std::function<void()> on_commit);

    /// The transaction, which is begun if it was not.
    pgcoro::task<pgcoro::transaction*> begin();
    /// Sends one statement. Precondition: it has begun.
    void send(pgcoro::operation<pgcoro::command_tag> statement, sent_change change);
    /// Sends many changes, and awaits what has to be awaited before something else can be sent.
    pgcoro::task<> write(std::vector<pending_changes::group> changes);
    /// Until at most so many statements are in flight.
    pgcoro::task<> wait_for(std::size_t in_flight);
    pgcoro::task<> commit(batch_end end);

    bool has_begun() const noexcept { return sent_ != nullptr; }
    std::size_t in_flight() const noexcept { return sent_ ? sent_->in_flight() : 0; }
    /// A change could not be applied. Otherwise, what failed was the connection.
    bool has_failed() const noexcept { return sent_ && sent_->has_failed(); }
    /// Everything up to there is committed.
    pgcoro::lsn position() const noexcept { return position_; }
    const sync_counts& committed() const noexcept { return committed_; }

private:
    void send(const pending_changes::group& changes);
    pgcoro::task<> copy(const pending_changes::group& changes);
    pgcoro::task<pgcoro::command_tag> send_copy(const pending_changes::group& changes);

    pgcoro::connection& db_;
    const options& options_;
    std::string slot_;
    std::function<void()> on_commit_;
    pgcoro::transaction tx_;
    std::shared_ptr<sent_changes> sent_; // in tx_
    pgcoro::lsn position_;
    sync_counts committed_;
};

} // namespace data_sync
