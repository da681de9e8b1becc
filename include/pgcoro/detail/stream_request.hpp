// SPDX-License-Identifier: BSL-1.0
// A request that its caller works with while the server carries it out: a row stream, a COPY, a script. Until it is over it has
// its session to itself.
//
//   made -> waiting -> sent -> open: the caller has a handle, and waits for what comes, again and again -> over
//
// The handle and the session share it; the session lets go of it when it is over.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/detail/request.hpp>
#include <pgcoro/detail/request_target.hpp>
#include <pgcoro/detail/result_handle.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace pgcoro {
class rowset;
}

namespace pgcoro::detail {

class stream_request;

/// What a stream_request asks of the session it runs on. On the executor.
class stream_engine {
public:
    /// The caller has made room for more, or has something to be sent.
    virtual void resume_stream() noexcept = 0;
    /// Calls `r.finish()` as soon as handlers may be run.
    virtual void run_soon(request& r) noexcept = 0;
    /// `expires` of the request has become earlier.
    virtual void watch_stream(const request& r) noexcept = 0;
    /// Lets go of all requests without a word: their executor is being destroyed.
    virtual void drop_all() noexcept = 0;

protected:
    ~stream_engine() = default;
};

/// A call that waits for what a stream brings next. It is part of that call, and completes it.
class stream_waiter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Something has come, or the stream is over. With an error: it waits no longer.
    virtual void deliver(error why) = 0;
    /// Its executor is being destroyed.
    virtual void drop() noexcept = 0;

    time_point waits_until = time_point::max();

protected:
    ~stream_waiter() = default;
};

class stream_request : public request, public std::enable_shared_from_this<stream_request> {
public:
    using time_point = stream_waiter::time_point;
    enum class kind : unsigned char { rows, copy_in, copy_out, script };

    virtual ~stream_request();

    kind what() const noexcept { return what_; }
    request_target& target() const noexcept { return *target_; }
    bound_executor& where() const noexcept { return target_->where(); }

    // What follows is the caller's. On the executor.

    /// Submits it. `opener` is told when it has begun to bring something, or is over.
    void open(stream_waiter& opener) noexcept;
    /// `w` waits for what comes next. One at a time: see `is_awaited`.
    void wait(stream_waiter& w) noexcept;
    /// `w` waits no longer. False if it is about to be told something anyway.
    bool withdraw(stream_waiter& w) noexcept;
    /// The handle is gone: what is left is thrown away.
    void leave() noexcept;
    /// The handle is gone, and so is the executor: nothing can be asked of the session any more.
    void drop_all() noexcept;
    /// `why` of one who waits no longer, while it takes its course: outside of a transaction, it may do something yet.
    error undecided(error why) const noexcept { return scope ? why : why.with(error::in_doubt); }
    /// Ends it for everybody.
    void cancel(error why) noexcept { target_->cancel(*this, std::move(why)); }
    /// The whole of it may take until then.
    void limit(time_point when) noexcept;
    time_point ends_by() const noexcept { return ends_by_; }

    /// From any thread.
    bool is_over() const noexcept { return is_over_.load(std::memory_order_acquire); }
    bool is_awaited() const noexcept { return waiter_ != nullptr; }
    const error& failure() const noexcept { return failure_; }
    const command_tag& tag() const noexcept { return tag_; }
    /// Its reader had enough before its end: no failure, though the server was told to stop.
    bool was_left_by_reader() const noexcept;

    // What follows is the session's.

    /// The session that has it begun; null again when it is over.
    stream_engine* engine = nullptr;

    /// Nothing more is to be read from the server for now.
    bool is_paused() const noexcept { return !is_left() && is_full(); }
    /// The same while nobody can leave it.
    bool has_enough() const noexcept { return is_full(); }
    /// Nobody wants what it still brings.
    bool is_left() const noexcept { return is_left_ || failure_ || abandoned != abandonment::none; }
    /// It goes in a message of its own, outside of pipeline mode (manual, "Simple Query"), as COPY has to.
    bool is_simple() const noexcept { return what_ != kind::rows; }
    /// What that message says. `text` is what its caller wrote.
    virtual const char* simple_text() const noexcept { return text_.data(); }
    /// Its rows would rather come by a COPY: `copy_instead` wants to know the columns.
    bool may_copy() const noexcept { return may_copy_; }
    /// Makes a COPY of itself. An error if it cannot read those columns.
    virtual error copy_instead(rowset&&) { return {}; }
    /// Given up now, it may take effect all the same.
    virtual bool may_have_happened() const noexcept { return true; }
    /// Of a COPY: the server takes data, or gives it.
    void on_begun() noexcept {
        has_begun_ = true;
        notify();
    }
    /// Of one to the client: a message has come. With text or CSV, a row; in binary a row, with the header before the first
    /// one.
    virtual error take_bytes(std::span<const std::byte>) { return {}; }
    /// Some of its rows have come. An error ends it: they cannot be read.
    virtual error take(result_handle&, const type_catalogue_ptr&) { return {}; }
    /// Of what has come: if the last chunk of rows has the tag, the result that ends them has none.
    void keep_tag(const result_handle& r) noexcept;
    /// It has failed, whatever comes: what waits to be read is gone. The first failure counts.
    void fail(error why) noexcept;
    /// Wakes whoever waits, if there is anything to be told.
    void notify() noexcept;
    /// It has a deadline of its own that has passed, rather than that of who waits. False if only that was told.
    bool is_overdue(time_point now) noexcept;

    // As a request.
    bool consume(std::size_t step, result_handle& r, const type_catalogue_ptr& types) override;
    void rewind() noexcept override {}
    void finish() override;
    void abandon() override;
    void drop() noexcept override;
    error fill_in(const type_catalogue& types) override { return values_.fill_in(types); }
    call_kind kind_of_call() const noexcept override;

protected:
    stream_request(kind what, std::shared_ptr<request_target> target, statement_text&& text, parameters&& values) noexcept
        : request(1), target_(std::move(target)), text_(std::move(text)), values_(std::move(values)), what_(what) {
        is_stream = needs_care = true;
    }

    bool has_begun() const noexcept { return has_begun_; }
    void prefer_copy(bool preferred) noexcept { may_copy_ = preferred; }
    /// It is of another kind from now on. Nothing of it was sent.
    void become(kind k) noexcept {
        what_ = k;
        may_copy_ = false;
    }
    void set_tag(const command_tag& tag) noexcept { tag_ = tag; }
    /// The caller has its handle.
    bool is_open() const noexcept { return is_open_; }
    /// There is something for who waits, apart from the end.
    virtual bool has_news() const noexcept = 0;
    /// So much is there that no more should come.
    virtual bool is_full() const noexcept = 0;
    /// What is there will not be asked for.
    virtual void discard() noexcept = 0;

private:
    /// What `run_soon` runs.
    class delivery final : public request {
    public:
        // To those that look at what is complete, it is.
        explicit delivery(stream_request& of) noexcept : request(0), of_(of) { at = stage::over; }
        bool consume(std::size_t, result_handle&, const type_catalogue_ptr&) override { return false; }
        void rewind() noexcept override {}
        void finish() override { of_.deliver(); }
        void abandon() override {}
        void drop() noexcept override { of_.drop_waiter(); }

        std::shared_ptr<stream_request> self; // while it is queued

    private:
        stream_request& of_;
    };

    const statement_text& text_of(std::size_t) const noexcept override { return text_; }
    const parameters& values_of(std::size_t) const noexcept override { return values_; }

    bool is_ready() const noexcept { return is_over() || failure_ || has_news(); }
    void deliver_soon() noexcept;
    void deliver();
    void drop_waiter() noexcept;

    std::shared_ptr<request_target> target_;
    std::shared_ptr<stream_request> self_; // while a session has it
    stream_waiter* waiter_ = nullptr;
    error why_not_; // what the waiter is told, and nothing else
    error failure_;
    time_point ends_by_ = time_point::max();
    delivery delivery_{*this};
    statement_text text_;
    parameters values_;
    command_tag tag_;
    kind what_;
    bool may_copy_ = false;
    bool has_begun_ = false; // a COPY
    bool is_open_ = false;   // the caller has, or is about to get, its handle
    bool is_left_ = false;
    std::atomic<bool> is_over_ = false;
    bool delivering_ = false;
};

/// What kind of stream a request is, if it is one.
inline std::optional<stream_request::kind> stream_kind(const request& r) noexcept {
    return r.is_stream ? std::optional(static_cast<const stream_request&>(r).what()) : std::nullopt;
}

/// It is a stream in the simple protocol, and sent as it is: its text may hold several statements.
inline bool is_simple(const request& r) noexcept { return r.is_stream && static_cast<const stream_request&>(r).is_simple(); }

} // namespace pgcoro::detail
