// SPDX-License-Identifier: BSL-1.0
// Operations that are started now and awaited later, so that a coroutine has several in flight.
#pragma once

#include <pgcoro/operation.hpp>
#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace pgcoro::detail {

/// Cancels the operation if it is destroyed before that is complete. All of it runs on `executor`, that of the coroutine.
template <class T>
class in_flight {
public:
    in_flight(operation<T> op, const boost::asio::any_io_executor& executor) : state_(std::make_shared<state>(executor)) {
        auto done = [s = state_](result<T> r) {
            s->outcome.emplace(std::move(r));
            s->completion.cancel();
        };
        std::move(op)(boost::asio::bind_cancellation_slot(state_->cancellation.slot(),
                                                          boost::asio::bind_executor(executor, std::move(done))));
    }
    in_flight(in_flight&&) noexcept = default;
    in_flight& operator=(in_flight&&) = delete;
    ~in_flight() {
        if (state_ && !state_->outcome) {
            state_->cancellation.emit(boost::asio::cancellation_type::terminal);
        }
    }

    /// Waits until it is complete. Once.
    task<T> get() {
        if (!state_->outcome) {
            boost::system::error_code ignored;
            co_await state_->completion.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        }
        co_return state_->outcome ? std::move(*state_->outcome) : result<T>(aborted());
    }

private:
    struct state {
        explicit state(const boost::asio::any_io_executor& executor)
            : completion(executor, boost::asio::steady_timer::time_point::max()) {}

        boost::asio::cancellation_signal cancellation;
        boost::asio::steady_timer completion; // never fires
        std::optional<result<T>> outcome;
    };

    std::shared_ptr<state> state_;
};

/// Two operations in flight, the oldest first: while the answer to one travels, the server works on the other.
template <class T>
class window {
    static constexpr std::size_t most_in_flight = 2;

public:
    explicit window(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    bool is_full() const noexcept { return operations_.size() == most_in_flight; }
    bool is_empty() const noexcept { return operations_.empty(); }
    void start(operation<T> op) { operations_.emplace_back(std::move(op), executor_); }
    /// Waits for the oldest.
    task<T> next() {
        auto outcome = co_await operations_.front().get();
        operations_.pop_front();
        co_return outcome;
    }
    /// Waits for all of them, whatever becomes of them. To cancel them would abort a transaction that could go on.
    boost::asio::awaitable<void> settle() {
        while (!is_empty()) {
            static_cast<void>(co_await next());
        }
    }

private:
    boost::asio::any_io_executor executor_;
    std::deque<in_flight<T>> operations_;
};

} // namespace pgcoro::detail
