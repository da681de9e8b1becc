// SPDX-License-Identifier: BSL-1.0
// Those who wait for a listener, and how they are told.
#include "listen/listener_session.hpp"

#include "base/loop_handler.hpp"
#include "base/random_source.hpp"
#include "connect/connect_options.hpp"

#include <pgcoro/observer.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <random>

namespace pgcoro::listening {
namespace {

namespace asio = boost::asio;

/// Unique among all sessions of a server.
std::string unique_name() {
    std::random_device source;
    std::string name;
    for (int i = 0; i < 4; ++i) {
        name += std::to_string(source()) + '_';
    }
    name.pop_back();
    return name;
}

/// Where a standby is in the list too: it cannot LISTEN.
connect_config to_primary(connect_config config) {
    config.target_session_attrs(session_attrs::primary);
    return config;
}

listener_options with_limits(listener_options options) {
    constexpr std::chrono::milliseconds no_limit = std::chrono::hours(24 * 365);
    if (options.answer_timeout <= std::chrono::milliseconds::zero() || options.answer_timeout > no_limit) {
        options.answer_timeout = no_limit;
    }
    return options;
}

} // namespace

listener_session::listener_session(asio::any_io_executor executor, connect_config config, listener_options options)
    : bound_(executor),
      config_(to_primary(std::move(config))),
      options_(with_limits(std::move(options))),
      plan_(options_, random_source()),
      test_(unique_name()),
      timer_(executor) {}

listener_session::~listener_session() { end_session(errc::connection_closed); }

std::optional<listener_event> listener_session::take() {
    auto oldest = plan_.events().take();
    const auto* const found = oldest ? std::get_if<gap>(&*oldest) : nullptr;
    if (const auto& observers = config_.details().observers; found && observers) {
        observers->each([&](observer& o) { o.on_gap(*found); });
    }
    return oldest;
}

void listener_session::wait(waiter& w) {
    waiters_.push_back(&w);
    await(w);
}

bool listener_session::read(waiter& w) {
    if (reader_) {
        return false;
    }
    reader_ = &w;
    await(w);
    return true;
}

void listener_session::await(waiter& w) {
    if (state_ == state::closed) {
        w.failure = error(errc::connection_closed).with(error::nothing_sent);
    } else if (w.expires() <= clock::now()) {
        w.failure = errc::timed_out;
    } else if (w.expires() != clock::time_point::max()) {
        watch(w.expires());
    }
    if (w.failure || w.is_ready(plan_)) {
        go_on_later();
    } else if (state_ == state::resting && plan_.channels().any_wanted()) {
        connect();
    } else if (state_ == state::up && &w != reader_) {
        go_on_later(); // a channel is to be listened to, or not any more
    }
}

bool listener_session::withdraw(waiter& w) noexcept {
    if (w.failure) {
        return false;
    }
    if (reader_ == &w) {
        reader_ = nullptr;
        return true;
    }
    return std::erase(waiters_, &w) != 0;
}

void listener_session::fail_waiting(const error& why) noexcept {
    if (reader_) {
        reader_->failure = why;
    }
    for (waiter* const w : waiters_) {
        w->failure = why;
    }
    go_on_later();
}

void listener_session::go_on_later() noexcept {
    if (!std::exchange(going_on_, true)) {
        asio::post(bound_.executor(), loop_handler(shared_from_this(), [](listener_session& s) {
                       s.going_on_ = false;
                       s.go_on();
                   }));
    }
}

/// Handlers and hooks may do anything: start new calls, close the listener, throw.
void listener_session::go_on() {
    struct scope {
        listener_session& self;
        detail::bound_executor::handling here{self.bound_};
        bool all_returned = false;
        explicit scope(listener_session& s) : self(s) {}
        ~scope() {
            if (!all_returned) {
                self.go_on_later(); // one threw: the others have their turn all the same
            }
        }
    } running(*this);
    while (detail::request* r = unsent_.pop_front()) {
        r->finish();
    }
    if (state_ == state::testing_from_elsewhere && test_.has_passed()) {
        begin_to_listen();
    }
    send_commands();
    finish_waiters();
    tell_hooks();
    running.all_returned = true;
}

void listener_session::finish_waiters() {
    if (reader_ && (reader_->failure || reader_->is_ready(plan_))) {
        waiter& w = *std::exchange(reader_, nullptr);
        w.finish(std::move(w.failure));
    }
    const auto is_over = [this](const waiter* w) { return w->failure || w->is_ready(plan_); };
    for (auto found = waiters_.begin(); (found = std::ranges::find_if(waiters_, is_over)) != waiters_.end();) {
        waiter& w = **found;
        waiters_.erase(found);
        w.finish(std::move(w.failure));
    }
}

void listener_session::tell_hooks() {
    while (!hooks_.empty()) {
        const auto [was_lost, why] = std::move(hooks_.front());
        hooks_.erase(hooks_.begin());
        if (const auto& hook = was_lost ? options_.on_lost : options_.on_connect_failed) {
            hook(why);
        }
    }
}

void listener_session::on_deadline() {
    if (state_ == state::closed) {
        return;
    }
    const auto now = clock::now();
    if (connect_at_ <= now) {
        connect();
    }
    if (tested_by_ <= now) {
        give_up_test();
    }
    if (ping_at_ <= now) {
        ping();
    }
    auto next = std::min({connect_at_, tested_by_, ping_at_});
    const auto look_at = [&](waiter& w) {
        if (w.failure) {
            return;
        }
        if (w.expires() > now) {
            next = std::min(next, w.expires());
            return;
        }
        w.failure = errc::timed_out;
        go_on_later();
    };
    if (reader_) {
        look_at(*reader_);
    }
    for (waiter* const w : waiters_) {
        look_at(*w);
    }
    if (next != clock::time_point::max()) {
        watch(next);
    }
}

void listener_session::close() noexcept {
    if (state_ == state::closed) {
        return;
    }
    end_session(errc::connection_closed);
    state_ = state::closed;
    ++generation_;
    timer_.cancel();
    stop_connecting_.emit(asio::cancellation_type::terminal);
    stop_testing_.emit(asio::cancellation_type::terminal);
    tester_ = connection();
    plan_.events().clear();
    hooks_.clear();
    fail_waiting(error(errc::connection_closed));
}

void listener_session::drop_all() noexcept {
    const auto self = weak_from_this().lock(); // what keeps us may be one of those
    state_ = state::closed;
    while (detail::request* r = unsent_.pop_front()) {
        r->drop();
    }
    if (waiter* const w = std::exchange(reader_, nullptr)) {
        w->dropped();
    }
    for (waiter* const w : std::exchange(waiters_, {})) {
        w->dropped();
    }
}

} // namespace pgcoro::listening
