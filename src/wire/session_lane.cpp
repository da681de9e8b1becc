// SPDX-License-Identifier: BSL-1.0
// A session as a lane of a multiplexer: it has an observer, reads even while nothing is in flight, and is shared by everybody,
// so that a transaction in it is an accident.
#include "wire/lane_observer.hpp"
#include "wire/session_inline.hpp"
#include "wire/type_lookup.hpp"

namespace pgcoro::wire {

void session::become_lane_of(lane_observer& observer) {
    if (!gate_.closed) {
        lane_.observer = &observer;
        notify_.has_observer = true;
        wait_readable();
    }
}

/// Requests of which nothing was sent go back to the observer.
void session::return_unsent() noexcept {
    request_list ours;
    while (request* r = queues_.waiting.pop_front()) {
        if (r == resolution_.lookup.get()) {
            ours.push_back(*r);
            continue;
        }
        --queues_.unfinished;
        r->asked_types = false; // its next session knows nothing of them yet
        lane_.observer->on_unsent(*r);
    }
    queues_.waiting.append(ours);
}

void session::tell_observer() {
    if (!gate_.closed && expected_.empty()) {
        static_cast<void>(PQisBusy(libpq())); // what was said unasked is read here; a FATAL of an idle session is a notice
        if (made_.notices && made_.notices->fatal()) {
            lose(*made_.notices->fatal()); // the end of the socket may take a while to follow
            return;
        }
        // A command tag has most often said it earlier. This is what comes with each Sync.
        const auto state = PQtransactionStatus(libpq());
        transaction_.open = state == PQTRANS_INTRANS || state == PQTRANS_INERROR;
        if (transaction_.open) {
            put_up_with_transaction();
        }
    }
    if (lane_.keeps_out && !gate_.closed) {
        if (lane_.retiring || !is_as_wanted()) {
            retire();
        } else if (expected_.empty()) {
            lane_.keeps_out = false;
        }
    }
    if (lane_.observer) {
        lane_.observer->on_progress();
    }
}

/// The server is no longer what is wanted: nothing more is sent to it, and when all is answered the lane is made anew.
void session::retire() {
    lane_.keeps_out = lane_.retiring = true;
    queues_.window = 0;
    return_unsent();
    if (expected_.empty()) {
        lose(error(errc::no_matching_server, "the server no longer matches target_session_attrs"));
    }
}

void session::suspect() {
    if (gate_.closed || lane_.keeps_out || gate_.blocked || gate_.exclusive || sending_.current ||
        made_.wanted == session_attrs::any) {
        return; // or its own answers will tell
    }
    lane_.keeps_out = true;
    if ((!sending_.pipelined && !set_pipelined(true)) || !send_ours("select 1", command::ours)) {
        sending_failed();
    } else {
        pump();
    }
}

/// Not at all: whatever runs from now on would be undone with it. False, as the session is over.
bool session::put_up_with_transaction() {
    lose(error(errc::connection_lost, "the connection was closed because a statement had left a transaction open"));
    return false;
}

} // namespace pgcoro::wire
