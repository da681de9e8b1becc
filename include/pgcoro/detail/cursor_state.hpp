// SPDX-License-Identifier: BSL-1.0
// A cursor, as its handle, its operations and its requests know it.
#pragma once

#include <pgcoro/detail/cursor_plan.hpp>
#include <pgcoro/detail/cursor_request.hpp>
#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/transaction_scope.hpp>

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro::detail {

/// An operation of a cursor. It waits in the cursor's own queue: they are carried out one after the other.
class cursor_waiter {
public:
    enum class kind : unsigned char { open, fetch, move, close };

    /// `count`: how many rows, backward if negative; or the usual number.
    cursor_waiter(kind k, std::optional<int> count) noexcept : what(k), wanted(count) {
        if (wanted) {
            wanted = std::max(*wanted, -std::numeric_limits<int>::max()); // FETCH knows no number below
        }
    }

    /// Ends its life and runs its handler. `outcome` is no error if it succeeded.
    virtual void over() = 0;
    /// The same later, outside of the call that led to it.
    virtual void over_later() noexcept = 0;
    /// Ends its life: its executor is being destroyed.
    virtual void dropped() noexcept = 0;

    const kind what;
    std::optional<int> wanted;
    std::chrono::steady_clock::time_point expires = std::chrono::steady_clock::time_point::max();
    error outcome;
    /// Rows fetched or moved.
    std::uint64_t rows = 0;
    /// It has come to the front, and nothing speaks against it.
    bool is_admitted = false;
    /// Its request was made, if it is one that has just one.
    bool has_asked = false;
    /// It is about to be completed, and can no longer be cancelled.
    bool is_settled = false;

protected:
    ~cursor_waiter() = default;
};

/// Everything on the transaction's executor only, but for what says otherwise.
///
/// The cursor is declared together with the first FETCH. From then on one FETCH is ahead of its caller. All requests reach the
/// server in the order in which they were made, and are answered in that order, so that rows need no numbers.
class cursor_state : public std::enable_shared_from_this<cursor_state>, public scope_guest {
public:
    using clock = std::chrono::steady_clock;

    /// `lease` is the pool's, for a cursor that outlives its transaction. On any thread.
    cursor_state(std::shared_ptr<transaction_scope> scope, std::shared_ptr<void> lease, const cursor_options& options,
                 statement_text query, parameters values, rows_wanted wanted);
    cursor_state(const cursor_state&) = delete;
    cursor_state& operator=(const cursor_state&) = delete;
    virtual ~cursor_state();

    bound_executor& where() const noexcept { return scope_->owner->where(); }
    clock::time_point expires() const noexcept { return scope_->expires; }

    /// Carries out an operation. Does not complete it before returning.
    void start(cursor_waiter& w);
    void cancel(cursor_waiter& w, const error& why) noexcept;
    /// The handle is gone. On any thread.
    static void release(std::shared_ptr<cursor_state> s) noexcept;
    /// The transaction's handle is gone: nobody wants what was fetched ahead.
    void on_scope_abandoned() noexcept override;
    /// The executor is being destroyed.
    void drop_all() noexcept;
    void on_dropped(cursor_request& r) noexcept;

    /// An operation was given fewer rows than it could have had.
    void on_left(std::uint64_t rows) noexcept { plan_.put_back(rows); }

    // For its requests.
    const statement_text& declaration() const noexcept { return declaration_; }
    parameters& values() noexcept { return values_; }
    const parameters& no_values() const noexcept { return none_; }
    /// Looks at the first rows, to learn how large they are.
    void measure(const pg_result* rows) noexcept;
    /// A request is over, or was given up while its results are still to come.
    void on_over(cursor_request& r, std::uint64_t rows);
    void on_abandoned(cursor_request& r);

protected:
    virtual cursor_request* make_fetch(std::string text, int count) = 0;
    virtual void skip_rows(std::size_t rows) noexcept = 0;
    virtual void clear_rows() noexcept = 0;

private:
    enum class stage : unsigned char { fresh, declaring, open, closed };
    using command = cursor_request::kind;

    error refusal(const cursor_waiter& w) const;
    bool is_over() const noexcept { return scope_->at == transaction_scope::phase::over; }
    /// It can be used, and closed, after its transaction.
    bool outlives_transaction() const noexcept { return holds_ && stage_ != stage::fresh; }

    /// Whether the plan counts its rows.
    bool counts(command what) const noexcept { return !scrolls_ && (what == command::fetch || what == command::move); }

    bool is_ready(cursor_waiter& w);
    bool can_complete(cursor_waiter& w);
    bool is_opened(cursor_waiter& w);
    bool is_closed(cursor_waiter& w);
    bool is_fetched(cursor_waiter& w);
    bool is_moved(cursor_waiter& w);
    bool is_answered(cursor_waiter& w, command what);
    bool has_failed(cursor_waiter& w);
    void serve();
    void serve_later();
    void fetch_ahead();

    void ask(command what, int count, clock::time_point expires, bool is_ahead = false);
    void submit(std::unique_ptr<cursor_request> made, bool declares, clock::time_point expires) noexcept;
    void on_failed(cursor_request& r);
    void forget(cursor_request& r) noexcept;
    void give_up_requests(const error& why) noexcept;
    void let_go() noexcept;
    void close_unawaited() noexcept;
    void watch_deadlines();
    void on_deadline() noexcept;

    std::shared_ptr<transaction_scope> scope_;
    std::shared_ptr<void> lease_;
    const std::string name_;
    const statement_text query_;
    statement_text declaration_;
    std::size_t prefix_ = 0; // of the declaration, before the query
    parameters values_;
    parameters none_;
    const rows_wanted wanted_;
    const bool scrolls_;
    const bool holds_;

    cursor_plan plan_;
    stage stage_ = stage::fresh;
    /// The server has refused something: the transaction has failed, and the cursor with it.
    bool is_dead_ = false;
    bool is_released_ = false;
    bool is_serving_later_ = false;
    /// The error of a FETCH, to be told when the rows before it are taken.
    error failure_;
    /// Why no operation can go on: rows were lost.
    error lost_;
    std::vector<cursor_waiter*> waiters_;
    std::vector<cursor_request*> in_flight_;
    std::unique_ptr<cursor_request> closing_; // made in time, so that a destructor needs no memory
    std::optional<boost::asio::steady_timer> timer_;
    clock::time_point wakes_ = clock::time_point::max();
};

} // namespace pgcoro::detail
