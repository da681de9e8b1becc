// SPDX-License-Identifier: BSL-1.0
// The statements of one transaction of the target that were sent and not waited for, and what their answers tell.
#pragma once

#include "conflict_policy.hpp"

#include <pgcoro/command_tag.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace data_sync {

/// A change, for its answer.
struct sent_change {
    change_kind kind = change_kind::truncate;
    bool inserts_missing = false;
    std::shared_ptr<const std::string> table; ///< its name
    std::string key;                          ///< "(id = 5)", or empty: it costs time
    std::size_t rows = 0;                     ///< that one statement changes; 0: one, or none in a conflict
};

class sent_changes : public std::enable_shared_from_this<sent_changes> {
public:
    sent_changes(const boost::asio::any_io_executor& executor, conflict_policy policy);

    /// Starts the statement.
    void send(pgcoro::operation<pgcoro::command_tag> statement, sent_change change);
    /// The statement that moves the position: it must count one row.
    void send_position(pgcoro::operation<pgcoro::command_tag> statement);

    /// The answer to a change that was waited for.
    void take_answer(const pgcoro::result<pgcoro::command_tag>& answer, const sent_change& change);

    std::size_t in_flight() const noexcept { return in_flight_; }
    /// Until at most so many are in flight. Fails with the first failure of any of them, and if a conflict is fatal.
    pgcoro::task<> wait_for(std::size_t most);
    bool has_failed() const noexcept { return static_cast<bool>(failure_); }
    std::int64_t conflicts() const noexcept { return conflicts_; }

private:
    void on_position(const pgcoro::result<pgcoro::command_tag>& answer);
    void on_end();

    conflict_policy policy_;
    boost::asio::steady_timer changed_;
    std::size_t in_flight_ = 0;
    std::size_t wanted_ = 0; // by whoever waits
    std::int64_t conflicts_ = 0;
    pgcoro::error failure_;
};

/// The error with the change in front of its message.
pgcoro::error with_change(const pgcoro::error& why, const sent_change& change);

} // namespace data_sync
