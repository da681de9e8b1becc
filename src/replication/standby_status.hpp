// SPDX-License-Identifier: BSL-1.0
// Which position a replication stream may confirm to the server.
#pragma once

#include <pgcoro/types/identifiers.hpp>

#include <algorithm>

namespace pgcoro::replication {

/// Decides; sends nothing itself.
///
/// A confirmed position lets the server throw away its log up to there, so only what the consumer has made durable may be
/// confirmed. While the consumer has nothing left to confirm, the positions of keepalives are confirmed, too. Otherwise a
/// stream of tables that rarely change would keep the log of all others, and a server could not shut down.
class standby_status {
public:
    /// Nothing was received yet.
    explicit standby_status(lsn start = {}) noexcept
        : received_(start), confirmed_(start), complete_(start), idle_(start), before_idle_(start) {}

    /// Data were received that end there. Zero for messages that have no position.
    void on_data(lsn end) noexcept { received_ = std::max(received_, end); }
    /// A transaction that ends there has been handed over whole.
    void on_complete(lsn end) noexcept {
        on_data(end);
        complete_ = std::max(complete_, end);
    }
    /// All that was sent before has been handed over; nothing of interest follows up to there.
    void on_keepalive(lsn end) noexcept {
        on_data(end);
        idle_ = std::max(idle_, end);
        before_idle_ = complete_;
    }
    /// The consumer has made everything durable up to there. Never goes back.
    void confirm(lsn durable) noexcept { confirmed_ = std::max(confirmed_, durable); }

    /// The last transaction that has been handed over whole.
    lsn complete() const noexcept { return complete_; }
    lsn received() const noexcept { return std::max(received_, flushed()); }
    /// What the server need not send again.
    lsn flushed() const noexcept { return confirmed_ >= before_idle_ ? std::max(confirmed_, idle_) : confirmed_; }

private:
    lsn received_;
    lsn confirmed_;
    lsn complete_;
    lsn idle_;        // of the last keepalive
    lsn before_idle_; // what has to be confirmed before that is
};

} // namespace pgcoro::replication
