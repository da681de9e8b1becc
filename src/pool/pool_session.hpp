// SPDX-License-Identifier: BSL-1.0
// The pool at work: carries out what the core decides. Everything happens on its executor.
//
// To statements it is a session like any other: it takes their requests, and passes each to the session of a connection that is
// free, which it gets back when the request is over. So a statement on a pool is made by the same code as one on a connection.
#pragma once

#include "base/random_source.hpp"
#include "observe/observation.hpp"
#include "pool/pool_core.hpp"
#include "pool/session_traces.hpp"
#include "pool/slot.hpp"

#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace pgcoro::pooling {

class pool_session final : public detail::request_target, public std::enable_shared_from_this<pool_session> {
public:
    using request = detail::request;

    pool_session(boost::asio::any_io_executor executor, connect_config config, const pool_options& options);
    ~pool_session();

    // As a session, for single statements.
    void submit(request& r) noexcept override;
    void cancel(request& r, error why) noexcept override;
    bool is_open() const noexcept override { return !core_.is_closed(); }

    /// `b` waits for a connection, at most until `deadline`.
    void ask(borrower& b, time_point deadline);
    /// False if it was answered before.
    bool withdraw(borrower& b) noexcept;
    /// `b` is refused when an attempt to connect fails, whatever the reason, unless it was answered before.
    void ask_once(borrower& b, time_point deadline);

    // From those who have a connection.
    void statement_over(slot& s, request& r) noexcept;
    void statement_given_up(slot& s) noexcept;
    void give_back(slot& s) noexcept;
    void throw_away(slot& s) noexcept;
    void note_traces(slot& s, const request& r) noexcept;

    /// `b` is "refused" without an error when the pool has looked whether its server is there.
    void look(borrower& b, time_point deadline);

    void drain() noexcept;
    /// `done` is called when nothing is borrowed any more, or at `cut_at`.
    void close(time_point cut_at, borrower* closer);
    /// The pool is destroyed.
    void shut_down() noexcept;
    /// Lets go of all who wait without a word: their executor is being destroyed.
    void drop_all() noexcept;

    /// Ends a request that got no connection, outside of the call that made it.
    void fail(request& r, error why);

    pool_health health() const;
    pool_statistics statistics(bool pop);
    const pool_options& options() const noexcept { return options_; }
    std::shared_ptr<const detail::observer_list> shared_observers() const;

private:
    class queued_statement;

    // pool_session.cpp
    bool look_closer(request& r, time_point now) noexcept;
    bool suits_pooler(request& r) noexcept;
    void perform();
    void perform(const pool_core::action& a);
    void lend(slot& s, request& r) noexcept;
    void lend(slot& s, borrower& b);
    void remove(slot& s);
    void settle_closers();
    void settle_lookers(time_point now);
    void put_back(slot& s, time_point now);
    void cut();
    void wait_for_time();
    void on_time();

    // pool_session_work.cpp
    void connect();
    void connected(result<connection> made, time_point since);
    void probe(slot& s);
    void ping(slot& s);
    void checked(slot& s, bool works);
    bool needs_cleaning(const slot& s) const noexcept;
    void clean(slot& s);
    void cleaned(slot& s, bool is_clean);

    // pool_session_report.cpp
    error refusal_error(refusal why) const;
    void report(const slot& s) const;
    void count_usage(const slot& s, time_point now) noexcept;
    void tell_acquired(std::chrono::nanoseconds waited, const error& failure) noexcept;
    void tell_lent(const slot& s, std::chrono::microseconds waited);
    void tell_released(const slot& s, time_point now) const;
    void tell_change() noexcept;
    void tell(const pool_counts& now) noexcept;

    const connect_config config_;
    const pool_options options_;
    std::vector<std::unique_ptr<slot>> slots_;
    std::vector<borrower*> openers_; // among those who wait
    std::vector<borrower*> closers_;
    std::vector<borrower*> lookers_;
    pool_core core_; // after what it links
    trace_finder finder_;
    boost::asio::steady_timer timer_;
    time_point timer_at_ = time_point::max();
    time_point cut_at_ = time_point::max();
    time_point connecting_since_;
    bool timer_is_set_ = false;
    bool is_connecting_ = false;
    bool is_performing_ = false;
    // Each of them is asked for with every statement, instead of the options they are made of.
    bool is_unusual_ = false; // behind a pooler, or observed
    bool is_watched_ = false; // by observers of pools
    pool_counts told_;
    bool is_announced_ = false; // somebody is told of each connection that is lent or comes back
    bool finds_traces_ = false; // connections are cleaned if their statements call for that
    boost::asio::cancellation_signal stop_connecting_;
    std::function<double()> random_ = random_source();
    error last_connect_error_;

    pool_statistics counted_; // the counters of it
    std::chrono::nanoseconds usage_{0};
    std::chrono::microseconds connecting_time_{0};
};

} // namespace pgcoro::pooling
