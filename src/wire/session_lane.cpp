// SPDX-License-Identifier: BSL-1.0
// A session as a lane of a multiplexer: it has an heir, reads even while nothing is asked, and belongs to nobody, so that a
// transaction in it is an accident.
#include "wire/session.hpp"
#include "wire/session_heir.hpp"
#include "wire/type_lookup.hpp"

namespace pgcoro::wire {

void session::bequeath_to(session_heir& heir) {
    if (!closed_) {
        heir_ = &heir;
        has_heir_ = true;
        wait_readable();
    }
}

/// What nothing was sent of goes to the heir.
void session::bequeath() noexcept {
    request_list ours;
    while (request* r = waiting_.pop_front()) {
        if (r == lookup_.get()) {
            ours.push_back(*r);
            continue;
        }
        --load_;
        r->asked_types = false; // its next session knows nothing of them yet
        heir_->inherit(*r);
    }
    waiting_.append(ours);
}

void session::tell_heir() {
    if (!closed_ && expected_.empty()) {
        static_cast<void>(PQisBusy(libpq())); // what was said unasked is read here; a FATAL of an idle session is a notice
        // A command tag has most often said it earlier. This is what comes with each Sync.
        const auto state = PQtransactionStatus(libpq());
        in_transaction_ = state == PQTRANS_INTRANS || state == PQTRANS_INERROR;
        if (in_transaction_) {
            put_up_with_transaction();
        }
    }
    if (heir_) {
        heir_->on_progress();
    }
}

/// Not at all: whatever runs from now on would be undone with it. False, as the session is over.
bool session::put_up_with_transaction() {
    lose(error(errc::connection_lost, "the connection was closed because a statement had left a transaction open"));
    return false;
}

} // namespace pgcoro::wire
