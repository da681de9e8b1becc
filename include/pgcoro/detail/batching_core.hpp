// SPDX-License-Identifier: BSL-1.0
// What loaders and writers have in common, whatever they gather: when it is sent, who is told, and how it ends.
#pragma once

#include <pgcoro/detail/batch_of_items.hpp>
#include <pgcoro/detail/batching_carrier.hpp>
#include <pgcoro/detail/batching_plan.hpp>
#include <pgcoro/detail/owned.hpp>
#include <pgcoro/error.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <utility>

namespace pgcoro {
class deadline_timer;
}

namespace pgcoro::detail {

/// Whether an error of a statement is about the values of some of its items, so that the others may succeed without these.
bool is_about_values(const error& e) noexcept;

/// On the executor of its carrier, but for what says otherwise.
class batching_core : public std::enable_shared_from_this<batching_core> {
public:
    using clock = std::chrono::steady_clock;

    batching_core(const batching_core&) = delete;
    batching_core& operator=(const batching_core&) = delete;

    bound_executor& where() noexcept { return *carrier_.where(); }
    /// From any thread: what is not sent yet fails with `operation_aborted`, and so does what is asked later.
    static void close(std::shared_ptr<batching_core> core) noexcept;
    /// From any thread: sends what waits.
    static void flush(std::shared_ptr<batching_core> core) noexcept;
    /// Lets go of all who wait, without a word: their executor is being destroyed.
    void drop_all() noexcept;

    /// It waits no longer: gives what it is told. No error if it is about to be told something anyway.
    error withdraw(item_waiter& w) noexcept;

protected:
    batching_core(batching_carrier carrier, const batching_limits& limits);
    virtual ~batching_core();

    bool is_closed() const noexcept { return is_closed_; }
    const batching_carrier& carrier() const noexcept { return carrier_; }
    batching_plan& plan() noexcept { return plan_; }

    /// Whether one that asks now is refused: it will be told.
    bool refuses(item_waiter& w) { return (is_closed_ || w.expires != clock::time_point::max()) && refuses_or_watches(w); }
    void fail_later(item_waiter& w, error why);
    /// Something waits, or has been answered: there may be something to send.
    void wake();
    /// Tells those whose answers are there, now.
    void go_on();
    void go_on_later() noexcept;
    /// Has those told who wait for a batch and whose deadline has passed.
    void expire(batch_base& b, clock::time_point now, clock::time_point& next);

private:
    /// Sends the oldest batch that waits.
    virtual void send_oldest() = 0;
    /// Tells all whose answers are there. Their handlers may do anything, throw, too; then it is called again.
    virtual void deliver() = 0;
    /// `expire` for all batches.
    virtual void expire_all(clock::time_point now, clock::time_point& next) = 0;
    /// Has all told who wait for what is not sent.
    virtual void fail_unsent(const error& why) = 0;
    virtual void drop_waiters() noexcept = 0;

    error left_behind(const batch_base& b, const error& why) const noexcept;
    static void stop_if_idle(batch_base& b) noexcept;
    bool refuses_or_watches(item_waiter& w);
    void turn();
    void tell_failures();
    void on_deadline();
    void shut_down();
    void stop_timer_if_over() noexcept;

    struct end_timer {
        void operator()(deadline_timer* timer) const noexcept;
    };

    batching_carrier carrier_;
    batching_plan plan_;
    owned<deadline_timer, end_timer> timer_;
    std::deque<std::pair<item_waiter*, error>> failures_;
    bool turn_is_posted_ = false;
    bool going_on_ = false;
    bool is_closed_ = false;
};

} // namespace pgcoro::detail
