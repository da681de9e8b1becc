// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/batching_core.hpp>

#include "base/call_on_executor.hpp"
#include "base/deadline_timer.hpp"
#include "base/loop_handler.hpp"

#include <pgcoro/result.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <limits>

namespace pgcoro::detail {
namespace {

namespace asio = boost::asio;

batching_limits checked(batching_limits limits) noexcept {
    limits.max_items = std::clamp<std::size_t>(limits.max_items, 1, std::numeric_limits<std::int32_t>::max());
    limits.max_bytes = std::max<std::size_t>(limits.max_bytes, 1);
    limits.max_in_flight = std::max<std::size_t>(limits.max_in_flight, 1);
    return limits;
}

} // namespace

bool is_about_values(const error& e) noexcept {
    if (e.connection_lost() || e.outcome_unknown()) {
        return false;
    }
    switch (sqlstate_class(e.sqlstate())) {
    case sqlstate::data_exception:
    case sqlstate::integrity_constraint_violation:
    case sqlstate::with_check_option_violation:
    case sqlstate::cardinality_violation: // of ON CONFLICT DO UPDATE: two rows for one
    case sqlstate::plpgsql_error:         // of a trigger
        return true;
    default: break;
    }
    // Of a row security policy, not of a table or column: no other field of the server's tells them apart.
    const bool is_policy = e == sqlstate::insufficient_privilege && e.routine() == "ExecWithCheckOptions";
    return is_policy || (e.is(error::nothing_sent) && (e == errc::invalid_text || e == errc::value_out_of_range ||
                                                       e == errc::value_too_large || e == errc::unknown_label));
}

batching_core::batching_core(batching_carrier carrier, const batching_limits& limits)
    : carrier_(std::move(carrier)), plan_(checked(limits)), timer_(new deadline_timer(carrier_.where()->executor())) {}

batching_core::~batching_core() = default;

void batching_core::end_timer::operator()(deadline_timer* timer) const noexcept { delete timer; }

void batching_core::close(std::shared_ptr<batching_core> core) noexcept {
    call_on_executor(std::move(core), &batching_core::shut_down);
}

void batching_core::flush(std::shared_ptr<batching_core> core) noexcept {
    call_on_executor(std::move(core), [](batching_core& self) {
        self.plan_.hurry();
        self.wake();
    });
}

bool batching_core::refuses_or_watches(item_waiter& w) {
    if (is_closed_) {
        fail_later(w, aborted().with(error::nothing_sent));
        return true;
    }
    if (w.expires <= clock::now()) {
        fail_later(w, error(errc::timed_out).with(error::nothing_sent));
        return true;
    }
    timer_->watch<&batching_core::on_deadline>(*this, w.expires);
    return false;
}

void batching_core::fail_later(item_waiter& w, error why) {
    failures_.emplace_back(&w, std::move(why));
    go_on_later();
}

error batching_core::left_behind(const batch_base& b, const error& why) const noexcept {
    if (!b.is_sent) {
        return why.with(error::nothing_sent);
    }
    return carrier_.is_transaction() ? why : why.with(error::in_doubt); // a loader's statement may write, too
}

/// Nobody wants to know any more.
void batching_core::stop_if_idle(batch_base& b) noexcept {
    if (b.is_sent && b.waiting() == 0) {
        b.stop.emit(asio::cancellation_type::terminal);
    }
}

error batching_core::withdraw(item_waiter& w) noexcept {
    if (!w.batch) {
        return {};
    }
    batch_base& from = *w.batch;
    const error why = left_behind(from, aborted());
    from.remove(w);
    stop_if_idle(from);
    return why;
}

void batching_core::wake() {
    if (turn_is_posted_) {
        return;
    }
    switch (plan_.next()) {
    case batching_plan::wake::never: break;
    case batching_plan::wake::at_turn:
        turn_is_posted_ = true;
        asio::post(where().executor(), loop_handler(shared_from_this(), [](batching_core& self) {
                       self.turn_is_posted_ = false;
                       self.turn();
                   }));
        break;
    case batching_plan::wake::at_time:
        if (const auto due = plan_.due(); due != clock::time_point::max()) {
            timer_->watch<&batching_core::on_deadline>(*this, due);
        }
        break;
    }
}

void batching_core::turn() {
    const bound_executor::handling here(where());
    plan_.begin_turn(plan_.has_delay() ? clock::now() : clock::time_point());
    while (plan_.take()) {
        send_oldest();
    }
    wake();
    stop_timer_if_over(); // if nobody waited for what was left
}

void batching_core::go_on_later() noexcept {
    if (!std::exchange(going_on_, true)) {
        asio::post(where().executor(), loop_handler(shared_from_this(), [](batching_core& self) {
                       self.going_on_ = false;
                       self.go_on();
                   }));
    }
}

/// Handlers may do anything: ask again, close the loader, throw.
void batching_core::go_on() {
    struct scope {
        batching_core& self;
        bound_executor::handling here{self.where()};
        bool all_returned = false;
        explicit scope(batching_core& s) : self(s) {}
        ~scope() {
            if (!all_returned) {
                self.go_on_later(); // one threw: the others have their turn all the same
            }
        }
    } running(*this);
    deliver();
    tell_failures();
    wake();
    stop_timer_if_over();
    running.all_returned = true;
}

void batching_core::tell_failures() {
    while (!failures_.empty()) {
        // All that are there now, in order; handlers may add some.
        const auto [w, why] = std::move(failures_.front());
        failures_.pop_front();
        w->refuse(why);
    }
}

void batching_core::expire(batch_base& b, clock::time_point now, clock::time_point& next) {
    const error why = left_behind(b, errc::timed_out);
    next = std::min(next, b.expire(now, [&](item_waiter& w) { fail_later(w, why); }));
    stop_if_idle(b);
}

void batching_core::on_deadline() {
    const auto now = clock::now();
    auto next = clock::time_point::max();
    expire_all(now, next);
    if (next != clock::time_point::max()) {
        timer_->watch<&batching_core::on_deadline>(*this, next);
    }
    turn();
}

void batching_core::shut_down() {
    if (is_closed_) {
        return;
    }
    is_closed_ = true;
    fail_unsent(aborted().with(error::nothing_sent));
    plan_.forget_waiting();
    stop_timer_if_over();
}

/// What is in flight still has its deadlines, and so have the parts of a batch that was split.
void batching_core::stop_timer_if_over() noexcept {
    if (is_closed_ && plan_.is_idle()) {
        timer_->cancel();
    }
}

void batching_core::drop_all() noexcept {
    const auto self = weak_from_this().lock(); // what keeps us may be one of those
    is_closed_ = true;
    plan_.forget_waiting();
    for (const auto& failure : std::exchange(failures_, {})) {
        failure.first->dropped();
    }
    drop_waiters();
}

} // namespace pgcoro::detail
