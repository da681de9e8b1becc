// SPDX-License-Identifier: BSL-1.0
// One asynchronous call: made by a public function, owned by its `operation` until it starts, then by whoever carries it out.
#pragma once

#include <pgcoro/detail/bound_executor.hpp>
#include <pgcoro/detail/owned.hpp>
#include <pgcoro/detail/stored_handler.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/system_executor.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>

namespace pgcoro::detail {

class call_base {
public:
    using clock = std::chrono::steady_clock;

    call_base(const call_base&) = delete;
    call_base& operator=(const call_base&) = delete;

    // Of several limits the earliest counts.
    void within(clock::duration limit) noexcept { limit_ = std::min(limit_, limit); }
    void by(clock::time_point when) noexcept { deadline_ = std::min(deadline_, when); }
    /// `time_point::max()` if there is none. Valid once started.
    clock::time_point deadline() const noexcept { return deadline_; }

    /// What observers are to call it.
    virtual void name(std::string_view) {}

    /// Ends the life of a call that was not started, or that is complete.
    virtual void destroy() noexcept = 0;
    /// Asio asked for cancellation; runs on the call's executor, between start and completion.
    virtual void cancel() noexcept = 0;

protected:
    /// `where` is where the call is carried out, or null if that is to be where its handler runs.
    explicit call_base(const bound_executor* where) noexcept : bound_(where) {}
    ~call_base() {
        if (cancellable_) {
            cancellable_->target = nullptr;
        }
    }

    // What does not depend on the call's type or its handler's is compiled once, in the library.

    /// Carries the call out, on any thread. Must not complete it before returning.
    virtual void begin() noexcept = 0;
    /// Tells a call made without an executor which one to use.
    virtual void adopt(const asio::any_io_executor&) noexcept {}
    /// Ends this call's life, then runs the handler. On the bound executor, outside of `begin`.
    virtual void fail(error&& why) = 0;
    /// The same as soon as the bound executor comes to it.
    void complete_later(error why);

    bool has_limit() const noexcept { return limit_ != clock::duration::max(); }
    void start_clock() noexcept;

    /// Lets the slot of a handler that runs at bound_executor, or elsewhere, cancel the call.
    void watch(asio::cancellation_slot slot);
    void watch_from_elsewhere(asio::cancellation_slot slot);
    void forget_slot() {
        if (has_slot_) {
            slot_.clear();
            has_slot_ = false;
        }
    }

    /// Lets a cancellation slot of another executor find the call without keeping it alive.
    struct cancellable {
        call_base* target;
    };

    const bound_executor* bound_;
    clock::duration limit_ = clock::duration::max();
    clock::time_point deadline_ = clock::time_point::max();
    std::shared_ptr<cancellable> cancellable_;
    asio::cancellation_slot slot_;
    bool has_slot_ = false;
};

struct destroy_call {
    void operator()(call_base* c) const noexcept { c->destroy(); }
};

/// A call that gives a `result<T>` to one handler, once.
template <class T>
class call : public call_base {
public:
    using call_base::call_base;

    template <class Handler>
    [[gnu::hot]] void start(Handler&& handler) {
        if (has_limit()) {
            start_clock();
        }
        if (!bound_) [[unlikely]] {
            // The default is given: that of newer versions of Asio, inline_executor, cannot carry out a call.
            adopt(asio::get_associated_executor(handler, asio::system_executor()));
        }
        const auto executor = asio::get_associated_executor(handler, bound_->executor());
        if (bound_->is(executor)) {
            if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
                watch(slot);
            }
            handler_.emplace(std::forward<Handler>(handler));
        } else {
            start_elsewhere(std::forward<Handler>(handler), executor);
        }
        begin();
    }

protected:
    ~call() = default;

    bool has_handler() const noexcept { return static_cast<bool>(handler_); }

    /// Ends this call's life, then runs the handler. On the bound executor, outside of `begin`. `r` is none of the
    /// call's.
    void complete(result<T>&& r) {
        complete(std::move(r), [](void* self) noexcept { static_cast<call*>(self)->destroy(); }, this);
    }

    /// The same for whoever knows a shorter way to end its life.
    void complete(result<T>&& r, void (*end)(void*) noexcept, void* self) {
        forget_slot();
        handler_.complete(std::move(r), end, self);
    }

    /// Runs the handler while the call lives on, to swallow what still comes for it.
    void complete_early(result<T>&& r) {
        forget_slot();
        handler_.complete(std::move(r), [](void*) noexcept {}, nullptr);
    }

    void fail(error&& why) final { complete(result<T>(std::move(why))); }

private:
    template <class Handler, class Executor>
    void start_elsewhere(Handler&& handler, const Executor& executor) {
        const auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            watch_from_elsewhere(slot);
        }
        if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
            handler_.emplace_elsewhere(std::forward<Handler>(handler), executor, slot);
        } else {
            handler_.emplace(elsewhere<std::decay_t<Handler>, Executor>{
                std::forward<Handler>(handler), asio::prefer(executor, asio::execution::outstanding_work.tracked)});
        }
    }

    stored_handler<T> handler_;
};

template <class T>
using call_ptr = owned<call<T>, destroy_call>;

} // namespace pgcoro::detail
