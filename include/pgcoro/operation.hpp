// SPDX-License-Identifier: BSL-1.0
// `operation<T>`, returned by every asynchronous function. It starts when it is awaited or given a completion token.
#pragma once

#include <pgcoro/detail/call.hpp>
#include <pgcoro/detail/missing_co_await.hpp>
#include <pgcoro/detail/saturating.hpp>

#include <boost/asio/async_result.hpp>

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcoro {

namespace detail {

/// What an operation gives, or what a vector of it holds, is defined.
template <class T>
inline constexpr bool is_defined = requires { sizeof(T); };
template <>
inline constexpr bool is_defined<void> = true;
template <class T>
inline constexpr bool is_defined<std::vector<T>> = is_defined<T>;

template <class T>
consteval bool require_definition() {
    static_assert(is_defined<T>, "pgcoro: this function needs a header besides <pgcoro/pgcoro.hpp>, which its documentation "
                                 "names: <pgcoro/copy.hpp>, <pgcoro/copy_rows.hpp>, <pgcoro/row_stream.hpp> or "
                                 "<pgcoro/script.hpp>");
    return is_defined<T>;
}

} // namespace detail

/// A lazily started asynchronous operation that completes with a `result<T>`.
///
/// `co_await op` in a Boost.Asio coroutine gives the `result<T>`. `std::move(op)(token)` takes any completion token for
/// `void(result<T>)`. Arguments are encoded when the operation is created: nothing passed to it needs to live longer.
///
/// Errors: those of each function; `errc::timed_out` if a deadline was set; `operation_aborted` if it was cancelled.
/// Cancellation: through Asio's cancellation slots, any type; docs/cancellation.md says what happens to the statement.
/// Thread safety: may be started from any thread if the connection's executor is safe to post to; one thread per operation.
template <class T = void>
class [[nodiscard]] operation : public detail::unawaited<T> {
public:
    using value_type = T;

    explicit operation(detail::call_ptr<T> call) noexcept : call_(std::move(call)) {}
    operation(operation&&) noexcept = default;
    operation& operator=(operation&&) noexcept = default;

    /// Fails with `errc::timed_out` unless it completes within `limit`, counted from its start. A duration too long to add to
    /// the current time, such as `milliseconds::max()`, sets no limit; a negative one expires at once.
    operation within(detail::saturating<std::chrono::steady_clock::duration> limit) && {
        call_->within(limit);
        return std::move(*this);
    }

    /// Fails with `errc::timed_out` unless it completes by `when`.
    operation by(std::chrono::steady_clock::time_point when) && {
        call_->by(when);
        return std::move(*this);
    }

    /// Names the statement for logs, metrics and traces, so that they show "find_user" and not SQL. Use few different names:
    /// each becomes a label of metrics. Cursors, and operations that run no SQL, ignore it; so does pgcoro if nobody observes.
    operation named(std::string_view name) && {
        call_->name(name);
        return std::move(*this);
    }

    // The constraint matters: without it `co_await` cannot tell an operation from any other callable.
    template <class Token>
        requires(detail::require_definition<T>()) && boost::asio::completion_token_for<Token, void(result<T>)>
    auto operator()(Token&& token) && {
        return boost::asio::async_initiate<Token, void(result<T>)>(initiation{}, token, std::move(call_));
    }

private:
    struct initiation {
        template <class Handler>
        void operator()(Handler&& handler, detail::call_ptr<T>&& call) const {
            call.release()->start(std::forward<Handler>(handler));
        }
    };

    detail::call_ptr<T> call_;
};

} // namespace pgcoro
