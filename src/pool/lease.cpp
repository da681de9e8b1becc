// SPDX-License-Identifier: BSL-1.0
#include "pool/lease.hpp"

#include "connection/connection_access.hpp"
#include "observe/observation.hpp"
#include "pool/pooler_rules.hpp"
#include "wire/session.hpp"

#include <utility>

namespace pgcoro::pooling {

lease::lease(std::shared_ptr<pool_session> pool, slot& lent)
    : detail::request_target(pool->where().executor()),
      pool_(std::move(pool)),
      real_(detail::connection_access::session_of(lent.conn)),
      slot_(&lent) {
    lent.borrowed = this;
    be_observed_by(pool_->shared_observers());
}

lease::~lease() {
    if (slot_) {
        slot_->borrowed = nullptr; // its executor is gone, and with it who would have taken the connection back
    }
}

void lease::submit(request& r) noexcept {
    if (observers()) {
        detail::observation::begin_here(*this, r, steady_now()); // as the session would, if it were given the request
    }
    if (!slot_ || r.outcome) {
        pool_->fail(r, r.outcome ? r.outcome : error(errc::connection_closed));
        return;
    }
    if (pool_->options().behind_pooler) {
        if (error refusal = refused_by_pooler(r, false)) {
            pool_->fail(r, std::move(refusal));
            return;
        }
    }
    detail::lender_of(r) = this;
    ++in_flight_;
    pool_->note_traces(*slot_, r);
    real_->submit(r);
}

void lease::cancel(request& r, error why) noexcept {
    if (detail::lender_of(r)) {
        real_->cancel(r, std::move(why));
    } else if (r.at == request::stage::made) {
        r.outcome = std::move(why); // on its way here from another thread
    }
}

slot* lease::take_slot() noexcept {
    if (slot_) {
        auto& session = static_cast<wire::session&>(*real_);
        session.end_stream(errc::connection_closed);
        session.forget_transactions(); // handles may live on; what they left open is rolled back
        slot_->borrowed = nullptr;
        slot_->unsettled = in_flight_ != 0;
    }
    return std::exchange(slot_, nullptr);
}

void lease::give_back() noexcept {
    if (slot* const s = take_slot()) {
        pool_->give_back(*s);
    }
}

void lease::throw_away() noexcept {
    if (slot* const s = take_slot()) {
        pool_->throw_away(*s);
    }
}

} // namespace pgcoro::pooling
