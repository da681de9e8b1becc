// SPDX-License-Identifier: BSL-1.0
// The calls of streams: one that opens it, and many that wait for what comes.
#pragma once

#include <pgcoro/detail/bound_call.hpp>
#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/stream_origin.hpp>
#include <pgcoro/detail/stream_request.hpp>

#include <memory>
#include <utility>

namespace pgcoro::detail {

/// A second read while another waits.
error read_in_progress();
/// Lets go of a stream, on its executor.
void leave_stream(std::shared_ptr<stream_request> s) noexcept;

/// Opens a stream and gives its `Handle`, which is made of the `State`.
template <class Handle, class State>
class open_stream_call final : public call<Handle>, public stream_waiter {
public:
    template <class... Args>
    static call_ptr<Handle> make(const stream_origin& from, statement_text&& text, Args&&... args) {
        return from.target
                   ? call_ptr<Handle>(new open_stream_call(from.make<State>(std::move(text), std::forward<Args>(args)...)))
                   : failed<Handle>(from.missing);
    }

    void destroy() noexcept override { delete this; }
    void drop() noexcept override { delete this; }
    void cancel() noexcept override { state_->cancel(aborted()); }
    void name(std::string_view text) override { name_request(*state_, text); }
    void deliver(error why) override {
        const auto state = std::move(state_);
        if (!why && state->failure()) {
            why = state->failure();
        }
        result<Handle> r = why ? result<Handle>(std::move(why)) : result<Handle>(Handle(state));
        this->complete(std::move(r));
    }

private:
    explicit open_stream_call(std::shared_ptr<State> state) noexcept
        : call<Handle>(&state->where()), state_(std::move(state)) {}

    void begin() noexcept override {
        waits_until = this->deadline();
        const auto state = state_; // this may be gone when it returns
        state->open(*this);
    }

    std::shared_ptr<State> state_;
};

/// A call that waits for what a stream brings next.
template <class T, class State>
class stream_call : public bound_call<T>, public stream_waiter {
public:
    explicit stream_call(std::shared_ptr<State> s) noexcept : bound_call<T>(s->where()), state_(std::move(s)) {}

    void drop() noexcept final { this->destroy(); }
    [[gnu::hot]] void deliver(error why) final {
        if (why) [[unlikely]] {
            why = waits_no_longer(std::move(why));
        } else if (state_->failure()) [[unlikely]] {
            why = state_->failure();
        }
        result<T> r = outcome(std::move(why));
        this->complete(std::move(r));
    }

protected:
    /// What it does before it waits.
    virtual void act() {}
    virtual result<T> outcome(error why) = 0;
    /// It was cancelled, or is late: what its caller is told.
    virtual error waits_no_longer(error why) const noexcept { return why; }

    std::shared_ptr<State> state_;

private:
    void begin_here() final {
        this->waits_until = this->deadline();
        if (state_->is_awaited()) {
            this->complete_later(read_in_progress());
        } else {
            act();
            state_->wait(*this);
        }
    }
    void cancel_here() noexcept final {
        if (state_->withdraw(*this)) {
            this->complete_later(waits_no_longer(aborted()));
        }
    }
};

/// Waits until there is something, and gives what `Take` takes from the state.
template <class T, class State, auto Take>
class read_stream_call final : public stream_call<T, State> {
public:
    static call_ptr<T> make(const std::shared_ptr<State>& state) {
        return state ? call_ptr<T>(new read_stream_call(state)) : failed<T>(errc::connection_closed);
    }

private:
    using stream_call<T, State>::stream_call;

    error waits_no_longer(error why) const noexcept override { return this->state_->undecided(std::move(why)); }
    result<T> outcome(error why) override { return why ? result<T>(std::move(why)) : result<T>((*this->state_.*Take)()); }
};

} // namespace pgcoro::detail
