// SPDX-License-Identifier: BSL-1.0
// Which position a replication stream may confirm to the server.
#pragma once

#include <pgcoro/types/identifiers.hpp>

#include <algorithm>

namespace pgcoro::replication {

/// Decides; sends nothing itself.
///
/// A confirmed position lets the server throw away its log up to there, so only what the consumer has made durable may be
/// confirmed. While nothing is left to confirm, the consumer is offered the positions of keepalives. Otherwise a stream of
/// tables that rarely change would keep the log of all others, and a server could not shut down.
class standby_status {
public:
    /// Nothing was received yet.
    explicit standby_status(lsn start = {}) noexcept : received_(start), confirmed_(start), complete_(start) {}

    /// Data were received that end there. Zero for messages that have no position.
    void on_data(lsn end) noexcept { received_ = std::max(received_, end); }
    /// A transaction, or a block of one, begins.
    void on_part() noexcept {
        keepalive_ = {};
        is_open_ = true;
    }
    /// A transaction that ends there has been handed over whole.
    void on_complete(lsn end) noexcept {
        on_data(end);
        complete_ = std::max(complete_, end);
        keepalive_ = {};
        is_open_ = false;
    }
    /// Nothing more of it follows for now: a block has ended, or the connection is lost and it will come again.
    void on_part_over() noexcept { is_open_ = false; }

    /// All that was sent before has been handed over; nothing of interest follows up to there.
    void on_keepalive(lsn end) noexcept {
        on_data(end);
        if (!is_open_) {
            keepalive_ = std::max(keepalive_, end);
        }
    }
    /// The position of a keepalive that may be confirmed, for everything before it is; zero if there is none.
    lsn offer() const noexcept { return confirmed_ >= complete_ && keepalive_ > confirmed_ ? keepalive_ : lsn(); }

    /// The consumer has made everything durable up to there. Never goes back.
    void confirm(lsn durable) noexcept { confirmed_ = std::max(confirmed_, durable); }

    lsn received() const noexcept { return std::max(received_, confirmed_); }
    /// What the server need not send again.
    lsn confirmed() const noexcept { return confirmed_; }

private:
    lsn received_;
    lsn confirmed_;
    lsn complete_;  // the end of the last transaction that has been handed over whole
    lsn keepalive_; // after it, with nothing in between
    bool is_open_ = false;
};

} // namespace pgcoro::replication
