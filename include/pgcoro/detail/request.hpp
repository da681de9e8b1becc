// SPDX-License-Identifier: BSL-1.0
// One entry of a session's FIFO: one or more statements that end with one Sync, and so are one implicit transaction.
#pragma once

#include <pgcoro/call_kind.hpp>
#include <pgcoro/detail/result_handle.hpp>
#include <pgcoro/detail/statement_text.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/parameters.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pgcoro::detail {

class transaction_scope;
class request;

/// Who has lent a session to a request, and wants to know when it can have it back. On the executor.
class lender {
public:
    /// The request is over, and its handler about to be called.
    virtual void over(request& r) noexcept = 0;
    /// It was abandoned; it still swallows its results.
    virtual void given_up(request& r) noexcept = 0;
    /// As that of a session.
    virtual void cancel(request& r, error why) noexcept = 0;
    /// It was destroyed without being over.
    virtual void dropped(request&) noexcept {}

protected:
    ~lender() = default;
};

class request {
public:
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    /// The number of statements, and the text and values of each.
    std::size_t steps() const noexcept { return steps_; }
    const statement_text& text(std::size_t step) const noexcept {
        const statement_text* const one = text_ ? text_ : shared_text_;
        return one ? *one : text_of(step);
    }
    const parameters& values(std::size_t step) const noexcept { return values_ ? values_[step] : values_of(step); }

    /// The usual request, whose one statement is near: no virtual call is needed to get at it.
    bool is_single() const noexcept { return text_ != nullptr; }
    const statement_text& single_text() const noexcept { return *text_; }
    const parameters& single_values() const noexcept { return *values_; }

    /// The result of one statement came, to be taken if it is kept. It counts only if `finish` is later told of no error. True
    /// if it has more rows, or types nothing is known of: then `read_on` or `look_again` comes before `finish`.
    virtual bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) = 0;
    /// Some of the rows came, of one that `takes_chunks`; `expected`: perhaps so many in all. Others may follow; then comes
    /// `end_chunks`, which tells the same as `consume`.
    virtual void consume_chunk(result_handle&, const type_catalogue_ptr&, [[maybe_unused]] std::size_t expected) {}
    virtual bool end_chunks() { return false; }
    /// There are rows left that `consume` did not read, for a result so large that the loop has its turn in between. `read_on`
    /// reads some of them, and is true if there are still more.
    virtual bool has_more_rows() const noexcept { return false; }
    virtual bool read_on(const type_catalogue_ptr&) { return false; }
    /// Appends what `consume` wants to be asked for, and reads the results again: true if that leads to more of it.
    virtual void unknown_types(wanted_types&) const {}
    virtual bool look_again(const type_catalogue_ptr&) { return false; }
    /// Names the row or statement a failure is about, in requests of several. `while_parsing`: before any values were seen.
    virtual error locate(error e, std::size_t, [[maybe_unused]] bool while_parsing) const { return e; }
    /// Fills the numbers of named types into all values; an error if that cannot be done.
    virtual error fill_in(const type_catalogue&) { return {}; }
    /// Forgets what was consumed: the request is sent again.
    virtual void rewind() noexcept = 0;
    /// All is over; `outcome` is no error if the Sync arrived. Ends the request's life, then runs its handler.
    virtual void finish() = 0;
    /// Tells the caller `outcome` now; the request lives on to swallow its results. `finish` follows.
    virtual void abandon() = 0;
    /// Ends the request's life without calling its handler: its executor is being destroyed.
    virtual void drop() noexcept = 0;

    /// As observers see it.
    virtual call_kind kind_of_call() const noexcept;

    /// Null if the session is the caller's own. Of a request that `is_observed`, its observation, which knows the lender.
    lender* lent_by = nullptr;

    // What follows is the session's. The deadline is read from here, not from the call, to be near.
    enum class stage : unsigned char { made, waiting, sent, reading, over };
    enum class abandonment : unsigned char { none, due, done };
    /// What it is to its transaction.
    enum class part : unsigned char { statement, commit, rollback };

    std::chrono::steady_clock::time_point expires = std::chrono::steady_clock::time_point::max();
    error outcome;
    request* next = nullptr;
    /// The transaction it belongs to, which it keeps alive by what it has of its session.
    transaction_scope* scope = nullptr;
    stage at = stage::made;
    abandonment abandoned = abandonment::none;
    part role = part::statement;
    /// Something may keep it from being sent when its turn has come: types, or its transaction.
    bool needs_care = false;
    /// `consume` left rows unread, or knew nothing of some types.
    bool has_unread = false;
    /// Sent a second time already, with a statement that was prepared anew.
    bool retried : 1 = false;
    /// Its statements are sent without names: the second time they cannot go stale.
    bool goes_unnamed : 1 = false;
    /// Values of it are of types known by name; their numbers are not filled in yet; the server has been asked for them.
    bool has_named_types : 1 = false;
    bool needs_types : 1 = false;
    bool asked_types : 1 = false;
    /// What was learned about its results has led to more that was asked for.
    bool asked_twice : 1 = false;
    /// Sent again already, for its rows have to come as text.
    bool sent_for_text : 1 = false;
    /// The server has been asked what its rows will be; could not say.
    bool asked_description : 1 = false;
    bool goes_undescribed : 1 = false;
    /// BEGIN travels with it.
    bool opens : 1 = false;
    /// It is a `stream_request`.
    bool is_stream : 1 = false;
    /// Its one statement may give its rows in several results; does so.
    bool takes_chunks : 1 = false;
    bool in_chunks : 1 = false;
    /// The library's own: observers are told nothing of it.
    bool is_own : 1 = false;
    /// It has an observation (src/observe/observation.hpp).
    bool is_observed : 1 = false;
    /// All steps have one text, and values of the same types that nothing keeps from being sent.
    bool is_uniform : 1 = false;
    /// It takes chunks or is observed: asked for first, at once.
    bool is_special : 1 = false;
    /// It takes chunks, or its observation does not know yet when it is sent: as above.
    bool tells_sending : 1 = false;
    /// Only the latter, and its observation has begun: faster.
    bool notes_sending : 1 = false;
    /// Of a multiplexer: it has no statements, and waits until every lane has been tried.
    bool awaits_lanes : 1 = false;
    /// Of a multiplexer: which of its lanes has it.
    std::uint16_t lane = no_lane;
    static constexpr std::uint16_t no_lane = 0xffff;

protected:
    request(const statement_text& text, const parameters& values) noexcept : text_(&text), values_(&values), steps_(1) {}
    /// One text, and `steps` sets of values.
    request(const statement_text& text, const parameters* values, std::size_t steps) noexcept
        : values_(values), shared_text_(&text), steps_(steps) {}
    explicit request(std::size_t steps) noexcept : steps_(steps) {}
    ~request() = default;

    void set_steps(std::size_t steps) noexcept { steps_ = steps; }

private:
    virtual const statement_text& text_of(std::size_t) const noexcept { return *text_; }
    virtual const parameters& values_of(std::size_t) const noexcept { return *values_; }

    const statement_text* text_ = nullptr;
    const parameters* values_ = nullptr;
    const statement_text* shared_text_ = nullptr;
    std::size_t steps_;
};

/// The same error with the text of the statement that it is about, if that is known and the error does not have it: those that
/// the client makes (no answer in time, no row, a value that cannot be read) are told from each other by it.
error with_statement(error e, const request& r) noexcept;

/// For those who observe it.
void name_request(request& r, std::string_view name);

} // namespace pgcoro::detail
