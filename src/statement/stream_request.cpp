// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/stream_request.hpp>

#include "base/loop_handler.hpp"

#include <pgcoro/detail/stream_calls.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace pgcoro::detail {

stream_request::~stream_request() {
    if (lent_by) {
        std::exchange(lent_by, nullptr)->dropped(*this); // it has a name, and was never opened
    }
}

call_kind stream_request::kind_of_call() const noexcept {
    switch (what_) {
    case kind::rows: break;
    case kind::copy_in: return call_kind::copy_in;
    case kind::copy_out: return call_kind::copy_out;
    case kind::script: return call_kind::script;
    }
    return call_kind::stream;
}

void stream_request::open(stream_waiter& opener) noexcept {
    waiter_ = &opener;
    expires = std::min(opener.waits_until, ends_by_);
    self_ = shared_from_this();
    submit_from_anywhere(*target_, *this);
}

void stream_request::wait(stream_waiter& w) noexcept {
    waiter_ = &w;
    if (is_ready()) {
        deliver_soon();
    } else if (engine && w.waits_until < expires) {
        expires = w.waits_until;
        engine->watch_stream(*this);
    }
}

bool stream_request::withdraw(stream_waiter& w) noexcept {
    if (waiter_ != &w || delivering_) {
        return false;
    }
    waiter_ = nullptr;
    expires = ends_by_;
    return true;
}

void stream_request::keep_tag(const result_handle& r) noexcept {
    if (const auto tag = result_view(r.get()).tag(); !tag.text().empty()) {
        tag_ = tag;
    }
}

bool stream_request::consume(std::size_t, result_handle& r, const type_catalogue_ptr&) {
    keep_tag(r);
    return false;
}

void stream_request::limit(time_point when) noexcept {
    ends_by_ = when;
    expires = waiter_ ? std::min(when, waiter_->waits_until) : when;
    if (engine && !is_over()) {
        engine->watch_stream(*this);
    }
}

void stream_request::leave() noexcept {
    is_left_ = true;
    discard();
    if (!is_over()) {
        cancel(aborted());
    }
}

bool stream_request::was_left_by_reader() const noexcept {
    const auto was_stopped = [](const error& e) { return e == sqlstate::query_canceled || e.code() == aborted().code(); };
    const bool is_read = what_ == kind::rows || what_ == kind::copy_out;
    return is_left_ && is_read && (!failure_ || was_stopped(failure_)) && was_stopped(outcome);
}

void stream_request::drop_all() noexcept {
    if (engine) {
        engine->drop_all();
    }
}

void stream_request::notify() noexcept {
    if (waiter_ && is_ready()) {
        deliver_soon();
    }
}

bool stream_request::is_overdue(time_point now) noexcept {
    if (!is_open_ || ends_by_ <= now) {
        return true;
    }
    expires = ends_by_;
    if (waiter_ && !delivering_ && waiter_->waits_until <= now) {
        why_not_ = with_statement(errc::timed_out, *this);
        deliver_soon();
    }
    return false;
}

void stream_request::deliver_soon() noexcept {
    if (std::exchange(delivering_, true)) {
        return;
    }
    delivery_.self = shared_from_this();
    if (engine) {
        engine->run_soon(delivery_);
        return;
    }
    struct drop {
        void operator()(request* dropped) const noexcept { dropped->drop(); }
    };
    // Owned by what carries it there: a loop that ends first takes it along.
    boost::asio::post(target_->where().executor(),
                      [owned = std::unique_ptr<request, drop>(&delivery_)]() mutable { owned.release()->finish(); });
}

void stream_request::deliver() {
    const auto self = std::move(delivery_.self);
    delivering_ = false;
    if (auto* const w = std::exchange(waiter_, nullptr)) {
        if (!why_not_ && !failure_) {
            is_open_ = true;
        }
        expires = ends_by_;
        w->deliver(std::exchange(why_not_, {}));
    }
}

void stream_request::fail(error why) noexcept {
    if (!failure_) {
        // A script may be long, and its errors have the one of its statements that failed.
        failure_ = why && what_ != kind::script ? with_statement(std::move(why), *this) : std::move(why);
    }
    if (failure_) {
        discard();
    }
}

/// All has come, and its Sync: only now is it known to have succeeded.
void stream_request::finish() {
    const auto self = std::move(self_);
    if (lent_by) {
        std::exchange(lent_by, nullptr)->over(*this);
    }
    engine = nullptr;
    is_over_ = true;
    fail(std::move(outcome));
    if (waiter_ && !delivering_) {
        deliver();
    }
}

void stream_request::abandon() {
    if (lent_by) {
        std::exchange(lent_by, nullptr)->given_up(*this);
    }
    fail(std::move(outcome));
    if (waiter_ && !delivering_) {
        deliver();
    }
}

void stream_request::drop() noexcept {
    const auto self = std::move(self_);
    if (lent_by) {
        std::exchange(lent_by, nullptr)->dropped(*this);
    }
    engine = nullptr;
    is_over_ = true;
    if (!delivering_) { // else what is queued for that drops it, and is dropped, too
        drop_waiter();
    }
}

void stream_request::drop_waiter() noexcept {
    const auto self = std::move(delivery_.self);
    delivering_ = false;
    if (auto* const w = std::exchange(waiter_, nullptr)) {
        w->drop();
    }
}

error read_in_progress() {
    return error(boost::system::errc::make_error_code(boost::system::errc::operation_in_progress),
                 "another read of this stream waits: one at a time");
}

void leave_stream(std::shared_ptr<stream_request> s) noexcept {
    if (!s || s->is_over()) {
        return;
    }
    if (s->where().runs_here()) {
        s->leave();
        return;
    }
    // A session whose stream is paused waits for nothing: if the loop ends before it comes to this, nobody else would tell it.
    const auto executor = s->where().executor();
    boost::asio::dispatch(executor, loop_handler(std::move(s), [](stream_request& there) { there.leave(); }));
}

} // namespace pgcoro::detail
