// SPDX-License-Identifier: BSL-1.0
// How the requests and operations of a cursor end, and the cursor itself.
#include <pgcoro/detail/cursor_state.hpp>

#include "base/loop_handler.hpp"
#include "transaction/cursor_error.hpp"

#include <boost/asio/dispatch.hpp>

#include <algorithm>
#include <utility>

namespace pgcoro::detail {
namespace {

bool was_given_up(const error& e) noexcept {
    return (e == errc::timed_out || e == aborted().code()) && !e.is(error::nothing_sent);
}

} // namespace

void cursor_state::forget(cursor_request& r) noexcept {
    in_flight_.erase(std::remove(in_flight_.begin(), in_flight_.end(), &r), in_flight_.end());
    if (in_flight_.empty()) {
        scope_->remove(*this);
    }
}

void cursor_state::on_over(cursor_request& r, std::uint64_t rows) {
    if (r.is_given_up) {
        return;
    }
    if (r.outcome && !r.is_unreadable && was_given_up(r.outcome)) {
        on_abandoned(r); // while its rows were being read
        return;
    }
    forget(r);
    if (r.declares()) {
        stage_ = r.outcome.is(error::nothing_sent) ? stage::fresh : stage::open;
    }
    if (r.outcome) {
        if (counts(r.what())) {
            plan_.failed(r.count());
        }
        on_failed(r);
    } else if (r.what() == command::close) {
        stage_ = stage::closed;
    } else if (counts(r.what())) {
        r.what() == command::fetch ? plan_.arrived(r.count(), rows) : plan_.moved(r.count(), rows);
    }
    if (!r.outcome && !waiters_.empty() && (scrolls_ || r.what() == command::move)) {
        waiters_.front()->rows += rows;
    }
    serve();
}

void cursor_state::on_failed(cursor_request& r) {
    if (r.outcome.is(error::nothing_sent)) {
        // What nobody has asked for yet is asked for again when somebody does.
        if (!r.is_ahead && !waiters_.empty() && !waiters_.front()->outcome) {
            waiters_.front()->outcome = r.outcome;
        }
        return;
    }
    error e = explain_cursor_error(r.outcome, {.query = query_.view(),
                                               .prefix = prefix_,
                                               .declaration = r.declares() ? declaration_.view() : std::string_view(),
                                               .command = r.own_text().view(),
                                               .outlived_transaction = is_over()});
    if (r.is_unreadable) {
        lost_ = e; // the cursor is behind rows that nobody has seen
    } else {
        is_dead_ = true;
    }
    if (!failure_) {
        failure_ = std::move(e);
    }
}

void cursor_state::on_abandoned(cursor_request& r) {
    forget(r);
    r.is_given_up = true;
    is_dead_ = true;
    lost_ = error(r.outcome.code(), "rows are lost because an earlier operation of the cursor was given up in flight: roll the "
                                    "transaction back")
                .with(error::nothing_sent);
    clear_rows();
    plan_.clear();
    if (!waiters_.empty()) {
        waiters_.front()->outcome = r.outcome;
    }
    serve();
}

void cursor_state::cancel(cursor_waiter& w, const error& why) noexcept {
    const auto found = std::find(waiters_.begin(), waiters_.end(), &w);
    if (found == waiters_.end() || w.is_settled) {
        return; // it is being completed
    }
    w.outcome = why.with(error::nothing_sent);
    w.expires = clock::time_point::max();
    if (w.is_admitted && !in_flight_.empty()) {
        give_up_requests(why); // one of which is told of it
    } else {
        waiters_.erase(found);
        w.over_later();
    }
}

/// The last ones first: what was not sent must not be sent behind what is being cancelled.
void cursor_state::give_up_requests(const error& why) noexcept {
    for (auto r = in_flight_.rbegin(); r != in_flight_.rend(); ++r) {
        scope_->owner->cancel(**r, why); // which takes none of them out at once
    }
}

void cursor_state::on_scope_abandoned() noexcept {
    if (waiters_.empty() && !is_over()) { // else it may outlive its transaction, and does
        give_up_requests(aborted());
    }
}

void cursor_state::release(std::shared_ptr<cursor_state> s) noexcept {
    if (!s) {
        return;
    }
    if (s->where().runs_here()) {
        s->let_go();
        return;
    }
    const auto executor = s->where().executor();
    boost::asio::dispatch(executor, loop_handler(std::move(s), [](cursor_state& c) { c.let_go(); }));
}

void cursor_state::let_go() noexcept {
    is_released_ = true;
    if (waiters_.empty()) {
        close_unawaited();
    }
}

/// Queues a CLOSE; not if the server closes the cursor itself, with its transaction.
void cursor_state::close_unawaited() noexcept {
    clear_rows();
    plan_.clear();
    const bool ends = is_over() || scope_->at == transaction_scope::phase::ending;
    if (closing_ && stage_ == stage::open && !is_dead_ && (!ends || holds_) && scope_->owner->is_open()) {
        submit(std::move(closing_), false, clock::time_point::max());
    }
}

void cursor_state::on_dropped(cursor_request& r) noexcept {
    forget(r);
    drop_all();
}

void cursor_state::drop_all() noexcept {
    for (cursor_waiter* const w : std::exchange(waiters_, {})) {
        w->dropped();
    }
}

void cursor_state::watch_deadlines() {
    auto next = clock::time_point::max();
    for (const cursor_waiter* const w : waiters_) {
        next = std::min(next, w->expires);
    }
    if (next == std::exchange(wakes_, next)) {
        return;
    }
    if (!timer_) {
        timer_.emplace(where().executor());
    }
    if (next == clock::time_point::max()) {
        timer_->cancel();
        return;
    }
    timer_->expires_at(next);
    timer_->async_wait(loop_handler(shared_from_this(), [](cursor_state& s, boost::system::error_code stopped) {
        if (!stopped) {
            s.on_deadline();
        }
    }));
}

void cursor_state::on_deadline() noexcept {
    wakes_ = clock::time_point::max();
    const auto now = clock::now();
    for (std::size_t i = waiters_.size(); i-- > 0;) {
        if (waiters_[i]->expires <= now) {
            cancel(*waiters_[i], errc::timed_out);
        }
    }
    watch_deadlines();
}

} // namespace pgcoro::detail
