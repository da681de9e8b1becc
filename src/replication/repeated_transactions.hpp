// SPDX-License-Identifier: BSL-1.0
// Recognises transactions that come a second time after a reconnect.
#pragma once

#include <pgcoro/replication_events.hpp>

#include <cstdint>
#include <map>

namespace pgcoro::replication {

/// Decides which events are handed over. The server sends again what was not confirmed when the connection was lost; whole
/// transactions that were handed over before do not need that. A transaction is known by the position of its end; one that is
/// streamed in blocks, where that is not known yet, by its id, until it is confirmed.
class repeated_transactions {
public:
    /// False: it belongs to a transaction that was handed over whole. Changes the end of a streamed transaction that was handed
    /// over before in one piece to a `stream_abort`: its blocks could not be told from new ones, and are to be discarded.
    bool is_new(event& e);
    /// The end of the transaction that the event completes; zero if it completes none. Call for events that were handed over.
    static lsn end_of(const event& e) noexcept;

    /// A new connection: what was incomplete comes again from its start.
    /// `from`: where the server begins. It sends nothing again that ends before; what does is a transaction that was prepared
    /// before the slot knew of two phases, and comes whole when that is committed.
    void on_restart(lsn from = {}) noexcept {
        is_repeated_ = false;
        start_ = from;
    }
    void confirmed(lsn flushed);

private:
    bool is_repeated(std::uint32_t id) const { return streamed_.contains(id); }
    bool is_new_end(event& e, lsn end);

    bool was_complete(lsn end) const noexcept { return end > start_ && end <= complete_; }

    lsn start_;
    lsn complete_;
    bool is_repeated_ = false;              // what is being received
    std::map<std::uint32_t, lsn> streamed_; // ids of complete transactions, and their ends
};

} // namespace pgcoro::replication
