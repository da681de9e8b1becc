// SPDX-License-Identifier: BSL-1.0
// Recognises transactions that come a second time after a reconnect.
#pragma once

#include <pgcoro/replication_events.hpp>

#include <cstdint>
#include <map>

namespace pgcoro::replication {

/// Decides which events are handed over. The server sends again what was not confirmed when the connection was lost; whole
/// transactions that were handed over before do not need that. A transaction is known by the position of its end; one that is
/// streamed in blocks, where that is not known yet, by its id, until it is confirmed. So is one that was prepared before the
/// slot knew of two phases: the server sends it whole when it is committed, again and again until the commit is confirmed.
class repeated_transactions {
public:
    /// False: it belongs to a transaction that was handed over whole. Changes the end of a streamed transaction that was handed
    /// over before in one piece to a `stream_abort`: its blocks could not be told from new ones, and are to be discarded.
    bool is_new(event& e);
    /// The end of the transaction that the event completes; zero if it completes none. Call for events that were handed over.
    static lsn end_of(const event& e) noexcept;

    /// A new connection: what was incomplete comes again from its start.
    /// `from`: where the server begins. Only transactions that were prepared before the slot knew of two phases end before it.
    void on_restart(lsn from = {}) noexcept {
        is_repeated_ = false;
        start_ = from;
    }
    void confirmed(lsn flushed);

private:
    bool is_repeated(std::uint32_t id) const { return known_.contains(id); }
    bool is_new_end(event& e, lsn end);

    /// Of a transaction that was prepared before the slot knew of two phases.
    bool is_late(lsn prepared) const noexcept { return prepared <= start_; }
    bool was_complete(lsn end) const noexcept { return end > start_ && end <= complete_; }

    lsn start_;
    lsn complete_;
    bool is_repeated_ = false;           // what is being received
    std::map<std::uint32_t, lsn> known_; // ids of complete transactions, and what is to be confirmed before they are forgotten
};

} // namespace pgcoro::replication
