// SPDX-License-Identifier: BSL-1.0
// One target: copies the tables once, and then follows the changes, until it is stopped or somebody has to do something.
#pragma once

#include "applier.hpp"
#include "journal.hpp"
#include "options.hpp"
#include "retry_decision.hpp"
#include "target_status.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/replication.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <random>
#include <string>

namespace data_sync {

struct kept_state;

/// All functions on its executor.
class target_worker {
public:
    target_worker(const boost::asio::any_io_executor& executor, const options& o, const target_option& t, journal& j);

    /// Ends when it is stopped, has to be stopped, or has done what it was to do. What it ends with is in `status`.
    boost::asio::awaitable<void> run();
    /// Ends after the transaction that it applies.
    void stop();
    /// Ends its work now, and then waits for `on_drop`: it is stopped only once the slot is gone. The monitor says why.
    void give_up(std::string why);
    /// It is given up, and still has its slot.
    bool waits_for_drop() const noexcept;
    /// What came of an attempt to drop the slot.
    void on_drop(const pgcoro::result<>& dropped);

    const target_status& status() const noexcept { return status_; }
    /// What the monitor knows: lag and rate.
    target_status& measured() noexcept { return status_; }
    /// With `ends_when_current`: the position that is enough. Not known yet: it goes on.
    void end_at(pgcoro::lsn position) { end_ = position; }
    std::string slot() const { return options_.slot_of(target_); }
    bool is_over() const noexcept;

private:
    pgcoro::task<> attempt();
    pgcoro::task<> cancellable_attempt();
    pgcoro::task<> open_target();
    pgcoro::task<pgcoro::lsn> copy(const std::optional<kept_state>& before, const pgcoro::system_identity& source);
    pgcoro::task<> follow(pgcoro::replication_connection connection, const kept_state& from);
    pgcoro::task<> apply_changes(const kept_state& from);
    pgcoro::task<> read_changes(applier& apply);
    pgcoro::task<> take_next(applier& apply);
    pgcoro::task<> take(applier& apply, const pgcoro::replication::event& event);
    pgcoro::task<> commit(applier& apply);
    apply_mode on_commit(pgcoro::lsn position, const sync_counts& counts);
    boost::asio::awaitable<bool> after_failure(pgcoro::error why);
    boost::asio::awaitable<void> stop_for_good(pgcoro::error why);
    boost::asio::awaitable<void> wait_for_drop();
    boost::asio::awaitable<void> pause(std::chrono::milliseconds duration);
    bool is_to_copy(const std::optional<kept_state>& before) const;
    bool is_done(const applier& apply) const;
    bool is_given_up() const noexcept { return !given_up_because_.empty(); }
    void change_state(target_state next, std::string reason = {});
    void note_error(const pgcoro::error& why);

    boost::asio::any_io_executor executor_;
    const options& options_;
    target_option target_;
    journal& journal_;
    target_status status_;
    retry_decision decision_;
    boost::asio::steady_timer timer_;
    boost::asio::cancellation_signal cancel_;
    boost::asio::cancellation_signal wake_; // who waits for an event
    std::minstd_rand random_{std::random_device{}()};
    pgcoro::connection db_;
    int last_backend_ = 0; // the server's process of the connection before
    pgcoro::replication_stream stream_;
    std::optional<pgcoro::lsn> end_;
    bool was_copied_again_ = false;
    bool is_stopping_ = false;
    bool has_failed_change_ = false; // in this attempt
    std::string given_up_because_;
    bool is_dropped_ = false; // the slot, after it was given up
};

} // namespace data_sync
