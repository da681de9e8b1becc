// SPDX-License-Identifier: BSL-1.0
// The session of a listener: made, tested, told what to listen to, watched, and lost.
#include "base/loop_handler.hpp"
#include "connection/connection_access.hpp"
#include "listen/commands_call.hpp"
#include "listen/listener_session.hpp"

#include <pgcoro/detail/ping_call.hpp>
#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/quote.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>

namespace pgcoro::listening {

namespace asio = boost::asio;

void listener_session::connect() {
    connect_at_ = clock::time_point::max();
    state_ = state::connecting;
    connect_config config = config_;
    // Called by a session that is open; this ends it before it goes.
    config.on_notification([this](notification&& n) { on_notification(std::move(n)); });
    loop_handler done(shared_from_this(), [](listener_session& s, result<connection> made) {
        if (s.state_ == state::connecting) {
            s.on_connected(std::move(made));
        }
    });
    pgcoro::connect(bound_.executor(),
                    std::move(config))(asio::bind_cancellation_slot(stop_connecting_.slot(), std::move(done)));
}

void listener_session::on_connected(result<connection> made) {
    if (!made) {
        on_lost(made.error());
        return;
    }
    test_.begin(made.value().backend_pid());
    session_ = std::static_pointer_cast<wire::session>(detail::connection_access::take(std::move(made).value()));
    session_->become_lane_of(*this); // so it reads while it is idle, and tells when it is over
    if (!session_->is_open()) {
        on_lost(errc::connection_lost);
        return;
    }
    state_ = state::testing;
    listens_to_test_ = true;
    std::vector<detail::statement_text> texts;
    texts.emplace_back(test_.listen_command());
    texts.emplace_back(test_.notify_command(false));
    send(std::move(texts), &listener_session::test);
}

/// Its own notification has come with the response, or never will.
void listener_session::test() { test_.has_passed() ? begin_to_listen() : test_from_elsewhere(); }

void listener_session::test_from_elsewhere() {
    state_ = state::testing_from_elsewhere;
    // A session that is lent by a pooler may be the one that listens: what it hears must not count, so it has no hook.
    connect_config config = config_;
    config.on_notification(nullptr);
    loop_handler done(shared_from_this(), [generation = generation_](listener_session& s, result<connection> made) {
        if (generation != s.generation_ || s.state_ != state::testing_from_elsewhere) {
            return;
        }
        if (!made) {
            s.lose(made.error());
            return;
        }
        s.tester_ = std::move(made).value();
        std::vector<detail::statement_text> texts;
        texts.emplace_back(s.test_.notify_command(true));
        s.start(commands_call::make(detail::connection_access::session_of(s.tester_), std::move(texts)),
                [](listener_session& self, result<> sent) {
                    if (self.state_ != state::testing_from_elsewhere) {
                        return;
                    }
                    if (!sent) {
                        self.lose(sent.error());
                        return;
                    }
                    // Only now is silence a verdict: a pooler may let a connection wait.
                    self.tested_by_ = detail::from_now(self.options_.answer_timeout);
                    self.watch(self.tested_by_);
                });
    });
    pgcoro::connect(bound_.executor(), std::move(config))(asio::bind_cancellation_slot(stop_testing_.slot(), std::move(done)));
}

/// The server session behind the pooler is left as it was.
void listener_session::give_up_test() {
    tested_by_ = clock::time_point::max();
    std::vector<detail::statement_text> texts;
    texts.emplace_back(test_.unlisten_command());
    start(commands_call::make(session_, std::move(texts)), [](listener_session& s, const result<>&) {
        if (s.state_ == state::testing_from_elsewhere) { // or it has come after all
            s.lose(error(errc::notifications_not_delivered));
        }
    });
}

void listener_session::begin_to_listen() {
    tested_by_ = clock::time_point::max();
    tester_ = connection();
    state_ = state::up;
    heard_ = false;
    if (options_.ping_interval > std::chrono::milliseconds::zero()) {
        ping_at_ = detail::from_now(options_.ping_interval);
        watch(ping_at_);
    }
    send_commands();
}

void listener_session::send_commands() {
    if (state_ != state::up) {
        return;
    }
    const auto commands = plan_.channels().next_commands();
    if (commands.empty()) {
        return;
    }
    std::vector<detail::statement_text> texts;
    if (std::exchange(listens_to_test_, false)) {
        texts.emplace_back(test_.unlisten_command());
    }
    for (const command& c : commands) {
        texts.emplace_back((c.listens ? "listen " : "unlisten ") + quote_identifier(c.channel).value());
    }
    send(std::move(texts), &listener_session::on_commands_confirmed);
}

void listener_session::on_commands_confirmed() {
    plan_.on_confirmed();
    go_on_later();
}

void listener_session::ping() {
    ping_at_ = detail::from_now(options_.ping_interval);
    if (std::exchange(heard_, false) || std::exchange(pinging_, true)) {
        return;
    }
    start(detail::ping_call::make(session_), [](listener_session& s, const result<>& answered) {
        s.pinging_ = false;
        if (!answered) {
            s.lose(answered.error());
        }
    });
}

/// Called from inside of the session.
void listener_session::on_notification(notification&& n) {
    if (test_.take(n)) {
        if (test_.has_passed()) {
            go_on_later();
        }
        return;
    }
    plan_.on_notification(std::move(n));
    if (reader_) {
        go_on_later();
    }
}

void listener_session::send(std::vector<detail::statement_text> texts, void (listener_session::*then)()) {
    start(commands_call::make(session_, std::move(texts)), [then](listener_session& s, const result<>& done) {
        if (done) {
            (s.*then)();
        } else {
            s.lose(done.error());
        }
    });
}

/// `then` is called unless the session is another one by then.
template <class T, class Function>
void listener_session::start(detail::call_ptr<T> call, Function then) {
    call->within(options_.answer_timeout);
    call.release()->start(
        loop_handler(shared_from_this(), [then, generation = generation_](listener_session& s, result<T> outcome) {
            if (generation == s.generation_) {
                then(s, std::move(outcome));
            }
        }));
}

void listener_session::lose(const error& why) noexcept {
    end_session(why);
    on_lost(why);
}

void listener_session::end_session(const error& why) noexcept {
    if (session_) {
        session_->detach_observer();
        session_->close(why);
    }
}

void listener_session::on_lost(const error& why) noexcept {
    ++generation_;
    stop_testing_.emit(asio::cancellation_type::terminal);
    tester_ = connection();
    ping_at_ = tested_by_ = clock::time_point::max();
    pinging_ = false;
    hooks_.emplace_back(state_ == state::up, why);
    const auto pause = plan_.on_lost(why);
    if (!pause) {
        state_ = state::resting;
        fail_waiting(why);
    } else if (!plan_.channels().any_wanted()) {
        state_ = state::resting;
    } else {
        state_ = state::pausing;
        connect_at_ = detail::from_now(*pause);
        watch(connect_at_);
    }
    go_on_later();
}

/// What the session had not sent when it ended is void, too.
void listener_session::on_unsent(detail::request& r) noexcept {
    r.at = detail::request::stage::over;
    r.outcome = error(errc::connection_lost).with(error::nothing_sent);
    unsent_.push_back(r);
    go_on_later();
}

} // namespace pgcoro::listening
