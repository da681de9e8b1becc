// SPDX-License-Identifier: BSL-1.0
// The calls of streams: one that opens it, and many that wait for what comes.
#pragma once

#include <pgcoro/detail/call.hpp>
#include <pgcoro/detail/failed_call.hpp>
#include <pgcoro/detail/stream_request.hpp>

#include <boost/asio/dispatch.hpp>

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
    explicit open_stream_call(std::shared_ptr<State> state) noexcept
        : call<Handle>(&state->target().where()), state_(std::move(state)) {}

    void destroy() noexcept override { delete this; }
    void drop() noexcept override { delete this; }
    void cancel() noexcept override { state_->cancel(aborted()); }
    void deliver(error why) override {
        const auto state = std::move(state_);
        if (!why && state->failure()) {
            why = state->failure();
        }
        result<Handle> r = why ? result<Handle>(std::move(why)) : result<Handle>(Handle(state));
        this->complete(std::move(r));
    }

private:
    void begin() noexcept override {
        waits_until = this->deadline();
        const auto state = state_; // this may be gone when it returns
        state->open(*this);
    }

    std::shared_ptr<State> state_;
};

/// Waits until there is something, and gives what `Take` takes from the state.
template <class T, class State, auto Take>
class read_stream_call final : public call<T>, public stream_waiter {
public:
    explicit read_stream_call(std::shared_ptr<State> state) noexcept
        : call<T>(&state->target().where()), state_(std::move(state)) {}

    static call_ptr<T> make(const std::shared_ptr<State>& state) {
        if (!state) {
            return call_ptr<T>(new failed_call<T>(error(errc::connection_closed).with(error::nothing_sent)));
        }
        return call_ptr<T>(new read_stream_call(state));
    }

    void destroy() noexcept override { delete this; }
    void drop() noexcept override { delete this; }
    void cancel() noexcept override {
        if (!is_here_) {
            is_cancelled_ = true;
        } else if (state_->withdraw(*this)) {
            this->complete_later(state_->undecided(aborted()));
        }
    }
    [[gnu::hot]] void deliver(error why) override {
        if (why) [[unlikely]] {
            why = state_->undecided(std::move(why));
        } else if (state_->failure()) [[unlikely]] {
            why = state_->failure();
        }
        if (why) [[unlikely]] {
            this->complete(result<T>(std::move(why)));
        } else {
            this->complete(result<T>((*state_.*Take)()));
        }
    }

private:
    using owner = std::unique_ptr<read_stream_call, destroy_call>;

    void begin() noexcept override {
        if (this->bound_->runs_here()) {
            begin_here();
        } else {
            // Owned by what carries it there: a loop that ends first takes it along.
            boost::asio::dispatch(this->bound_->executor(), [self = owner(this)]() mutable { self.release()->begin_here(); });
        }
    }
    void begin_here() noexcept {
        is_here_ = true;
        waits_until = this->deadline();
        if (is_cancelled_) {
            this->complete_later(aborted());
        } else if (!state_->wait(*this)) {
            this->complete_later(read_in_progress());
        }
    }

    std::shared_ptr<State> state_;
    bool is_here_ = false;
    bool is_cancelled_ = false;
};

} // namespace pgcoro::detail
