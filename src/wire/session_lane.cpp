// SPDX-License-Identifier: BSL-1.0
// A session as a lane of a multiplexer: it has an observer, reads even while nothing is in flight, and is shared by everybody,
// so that a transaction in it is an accident.
#include "wire/lane_observer.hpp"
#include "wire/session.hpp"
#include "wire/type_lookup.hpp"

namespace pgcoro::wire {

void session::become_lane_of(lane_observer& observer) {
    if (!closed_) {
        observer_ = &observer;
        has_observer_ = true;
        wait_readable();
    }
}

/// Requests of which nothing was sent go back to the observer.
void session::return_unsent() noexcept {
    request_list ours;
    while (request* r = waiting_.pop_front()) {
        if (r == lookup_.get()) {
            ours.push_back(*r);
            continue;
        }
        --load_;
        r->asked_types = false; // its next session knows nothing of them yet
        observer_->on_unsent(*r);
    }
    waiting_.append(ours);
}

void session::tell_observer() {
    if (!closed_ && expected_.empty()) {
        static_cast<void>(PQisBusy(libpq())); // what was said unasked is read here; a FATAL of an idle session is a notice
        if (made_.notices && made_.notices->fatal()) {
            lose(*made_.notices->fatal()); // the end of the socket may take a while to follow
            return;
        }
        // A command tag has most often said it earlier. This is what comes with each Sync.
        const auto state = PQtransactionStatus(libpq());
        in_transaction_ = state == PQTRANS_INTRANS || state == PQTRANS_INERROR;
        if (in_transaction_) {
            put_up_with_transaction();
        }
    }
    if (keeps_out_ && !closed_) {
        if (retiring_ || !is_as_wanted()) {
            retire();
        } else if (expected_.empty()) {
            keeps_out_ = false;
        }
    }
    if (observer_) {
        observer_->on_progress();
    }
}

/// The server is no longer what is wanted: nothing more is sent to it, and when all is answered the lane is made anew.
void session::retire() {
    keeps_out_ = retiring_ = true;
    window_ = 0;
    return_unsent();
    if (expected_.empty()) {
        lose(error(errc::no_matching_server, "the server is no longer what target_session_attrs asks for"));
    }
}

void session::suspect() {
    if (closed_ || keeps_out_ || blocked_ || exclusive_ || sending_ || made_.wanted == session_attrs::any) {
        return; // or its own answers will tell
    }
    keeps_out_ = true;
    if ((!pipelined_ && !set_pipelined(true)) || !send_ours("select 1", command::ours)) {
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
