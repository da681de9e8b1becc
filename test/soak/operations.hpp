// SPDX-License-Identifier: BSL-1.0
// Runs operations with random deadlines and cancellations, and counts how often each completes.
#pragma once

#include <pgcoro/operation.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <utility>

namespace pgcoro::test {

namespace asio = boost::asio;

struct tally {
    long begun = 0;
    long completed = 0;
    long cancelled = 0;
};

class operations {
public:
    operations(std::mt19937_64& random, tally& all) noexcept : random_(random), all_(all) {}

    int random(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

    /// Runs one to its end. One in five gets a deadline, and one in ten is cancelled, unless `mercy` is asked for.
    template <class T>
    asio::awaitable<result<T>> run(operation<T> op, bool mercy = false) {
        struct state {
            explicit state(asio::any_io_executor executor) : woken(executor, asio::steady_timer::time_point::max()) {}
            std::optional<result<T>> outcome;
            asio::cancellation_signal cancel;
            asio::steady_timer woken;
        };
        const auto s = std::make_shared<state>(co_await asio::this_coro::executor);
        auto patience = std::chrono::milliseconds(20'000);
        if (!mercy && random(5) == 0) {
            patience = std::chrono::milliseconds(random(40));
        }
        const bool cancels = !mercy && random(10) == 0;
        ++all_.begun;
        auto limited = std::move(op).within(patience);
        auto handler = asio::bind_cancellation_slot(s->cancel.slot(), [s, &all = all_](result<T> r) {
            ++all.completed;
            s->outcome = std::move(r);
            s->woken.cancel();
        });
        std::move(limited)(std::move(handler));
        boost::system::error_code ignored;
        if (cancels) {
            s->woken.expires_after(std::chrono::microseconds(random(5'000)));
            if (!s->outcome) {
                co_await s->woken.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            }
            if (!s->outcome) {
                ++all_.cancelled;
                s->cancel.emit(asio::cancellation_type::terminal);
            }
            s->woken.expires_at(asio::steady_timer::time_point::max());
        }
        if (!s->outcome) {
            co_await s->woken.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        co_return std::move(*s->outcome);
    }

private:
    std::mt19937_64& random_;
    tally& all_;
};

} // namespace pgcoro::test
