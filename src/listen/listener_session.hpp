// SPDX-License-Identifier: BSL-1.0
// The engine of a listener: keeps one session that reads all the time, and gives what it hears to those who wait.
//
//   connect -> self-test -> LISTEN, for all channels -> notifications -> lost -> pause -> connect
//
// What decides is listener_plan and self_test.
#pragma once

#include "base/deadline_timer.hpp"
#include "listen/listener_plan.hpp"
#include "listen/self_test.hpp"
#include "wire/lane_observer.hpp"
#include "wire/request_list.hpp"
#include "wire/session.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/detail/bound_executor.hpp>
#include <pgcoro/detail/call.hpp>
#include <pgcoro/listener_options.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::listening {

/// A call that waits for what the listener hears, or confirms.
class waiter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    virtual bool is_ready(const listener_plan& plan) const noexcept = 0;
    /// Ends its life, and tells its caller. `why` is an error if it is not ready and will not be.
    virtual void finish(error why) = 0;
    /// Ends its life without a word: its executor is being destroyed.
    virtual void dropped() noexcept = 0;
    virtual time_point expires() const noexcept = 0;

    error failure; // the session's: what it will be told

protected:
    ~waiter() = default;
};

class listener_session final : public wire::lane_observer, public std::enable_shared_from_this<listener_session> {
public:
    using clock = std::chrono::steady_clock;

    listener_session(boost::asio::any_io_executor executor, connect_config config, listener_options options);
    ~listener_session();

    detail::bound_executor& where() noexcept { return bound_; }

    // On the executor.
    listener_plan& plan() noexcept { return plan_; }
    /// The oldest event, if there is one.
    std::optional<listener_event> take();
    void wait(waiter& w);
    /// The same for the one who reads. False if another one does already.
    bool read(waiter& w);
    /// It waits no longer. False if it is about to be told something anyway.
    bool withdraw(waiter& w) noexcept;
    void close() noexcept;
    /// Lets go of all who wait, without a word: their executor is being destroyed.
    void drop_all() noexcept;

private:
    enum class state : unsigned char { resting, connecting, testing, testing_from_elsewhere, up, pausing, closed };

    // listener_session.cpp
    void await(waiter& w);
    void fail_waiting(const error& why) noexcept;
    void go_on_later() noexcept;
    void go_on();
    void finish_waiters();
    void tell_hooks();
    void watch(clock::time_point when) { timer_.watch<&listener_session::on_deadline>(*this, when); }
    void on_deadline();

    // listener_connection.cpp
    void connect();
    void on_connected(result<connection> made);
    void test();
    void test_from_elsewhere();
    void give_up_test();
    void begin_to_listen();
    void send_commands();
    void on_commands_confirmed();
    void ping();
    void on_notification(notification&& n);
    void send(std::vector<detail::statement_text> texts, void (listener_session::*then)());
    template <class T, class Function>
    void start(detail::call_ptr<T> call, Function then);
    void lose(const error& why) noexcept;
    void end_session(const error& why) noexcept;
    void on_lost(const error& why) noexcept;

    void on_unsent(detail::request& r) noexcept override;
    void on_progress() noexcept override { heard_ = true; }
    void on_end(const error& why) noexcept override { on_lost(why); }
    void on_dropped() noexcept override { drop_all(); }

    detail::bound_executor bound_;
    connect_config config_;
    listener_options options_;
    listener_plan plan_;
    self_test test_;
    deadline_timer timer_;

    state state_ = state::resting;
    unsigned generation_ = 0;                // of the session: responses to an earlier one are void
    std::shared_ptr<wire::session> session_; // the last one, until there is another: it may be what calls us
    connection tester_;                      // notifies from elsewhere
    boost::asio::cancellation_signal stop_connecting_;
    boost::asio::cancellation_signal stop_testing_;
    clock::time_point ping_at_ = clock::time_point::max();
    clock::time_point connect_at_ = clock::time_point::max();
    clock::time_point tested_by_ = clock::time_point::max();
    bool heard_ = false;   // since the last look
    bool pinging_ = false; // a Sync is in flight
    bool listens_to_test_ = false;

    waiter* reader_ = nullptr;
    std::vector<waiter*> waiters_;
    wire::request_list unsent_;
    std::vector<std::pair<bool, error>> hooks_; // due: whether a session was lost, and why
    bool going_on_ = false;                     // is posted
};

} // namespace pgcoro::listening
