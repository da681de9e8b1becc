// SPDX-License-Identifier: BSL-1.0
// The end of a pool, and of all its connections.
#include "pool/pool_session.hpp"

#include "pool/lease.hpp"

#include <utility>
#include <vector>

namespace pgcoro::pooling {

namespace asio = boost::asio;

void pool_session::drain() noexcept {
    core_.drain(clock::now());
    perform();
}

void pool_session::close(time_point cut_at, borrower* closer) {
    if (closer) {
        closers_.push_back(closer);
    }
    cut_at_ = std::min(cut_at_, cut_at);
    if (is_connecting_) {
        stop_connecting_.emit(asio::cancellation_type::terminal);
    }
    core_.close(clock::now());
    perform();
}

void pool_session::settle_closers() {
    if (!core_.is_closed() || core_.size() != 0 || is_connecting_) {
        return;
    }
    cut_at_ = time_point::max();
    for (borrower* const closer : std::exchange(closers_, {})) {
        closer->refused(error());
    }
}

/// The time for borrowers is over.
void pool_session::cut() {
    cut_at_ = time_point::max();
    std::vector<slot*> kept;
    for (const auto& s : slots_) {
        s->conn.close(); // statements in flight on it end, and with them what they were lent
        if (s->borrowed) {
            kept.push_back(s.get());
        }
    }
    for (slot* const s : kept) {
        std::exchange(s->borrowed, nullptr)->lose();
        throw_away(*s);
    }
}

void pool_session::shut_down() noexcept { close(time_point::max(), nullptr); }

void pool_session::drop_all() noexcept {
    for (auto* const others : {&openers_, &lookers_}) {
        closers_.insert(closers_.end(), others->begin(), others->end());
        others->clear();
    }
    for (borrower* const b : std::exchange(closers_, {})) {
        core_.withdraw(*b);
        b->dropped();
    }
    core_.close(clock::now());
    while (const auto a = core_.next()) {
        if (a->who && a->what == pool_core::action::kind::refuse) {
            static_cast<borrower&>(*a->who).dropped();
        }
    }
}

} // namespace pgcoro::pooling
