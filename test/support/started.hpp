// SPDX-License-Identifier: BSL-1.0
// Operations that were started and are not awaited yet: how a test has several in flight.
#pragma once

#include <pgcoro/operation.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace pgcoro::test {

namespace asio = boost::asio;

/// One operation in flight. For one thread.
template <class T>
class started {
public:
    explicit started(operation<T> op) : state_(std::make_shared<state>()) {
        std::move(op)([s = state_](result<T> r) {
            ++s->completions;
            s->outcome = std::move(r);
            if (s->awaited) {
                s->awaited->cancel();
            }
        });
    }

    bool is_complete() const noexcept { return state_->completions != 0; }
    /// How often the handler was called: once, one hopes.
    int completions() const noexcept { return state_->completions; }
    /// Of one that is complete.
    const result<T>& outcome() const { return state_->outcome.value(); }

    /// Waits until it is complete, and gives the result away.
    asio::awaitable<result<T>> get() const {
        auto s = state_;
        if (!s->outcome) {
            s->awaited.emplace(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
            boost::system::error_code cancelled;
            co_await s->awaited->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
            s->awaited.reset();
        }
        co_return std::move(*s->outcome);
    }

private:
    struct state {
        std::optional<result<T>> outcome;
        std::optional<asio::steady_timer> awaited;
        int completions = 0;
    };
    std::shared_ptr<state> state_;
};

template <class T>
started(operation<T>) -> started<T>;

} // namespace pgcoro::test
