// SPDX-License-Identifier: BSL-1.0
// `result<T>`: a value or an `error`. `task<T>`: a coroutine that returns one.
#pragma once

#include <pgcoro/detail/missing_co_await.hpp>
#include <pgcoro/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/try.hpp>

#include <utility>

namespace pgcoro {
namespace detail {

[[noreturn]] void throw_exception(const error& e);
/// The error of a default-constructed result: Asio's `operation_aborted`.
error aborted() noexcept;
/// That of a result with a value.
inline const error& no_error() noexcept {
    static const error none;
    return none;
}

struct result_policy : boost::outcome_v2::policy::base {
    template <class Impl>
    static constexpr void wide_value_check(Impl&& self) {
        if (!base::_has_value(self)) {
            throw_exception(base::_error(self));
        }
    }
    template <class Impl>
    static constexpr void wide_error_check(Impl&& self) {
        base::narrow_error_check(static_cast<Impl&&>(self));
    }
};

} // namespace detail

/// A value of type `T` or an `error`; Boost.Outcome's `basic_result` with our error and a default constructor.
///
/// `if (r)`, `r.value()` (throws `pgcoro::exception`), `r.error()` (empty if there is a value), and
/// `BOOST_OUTCOME_CO_TRY(auto x, co_await f())`, which returns the error from the coroutine. A default-constructed result holds
/// `operation_aborted`, which is what `co_spawn` and Asio's awaitable operators give for cancelled operations.
template <class T = void>
class [[nodiscard]] result : public boost::outcome_v2::basic_result<T, pgcoro::error, detail::result_policy> {
    using base = boost::outcome_v2::basic_result<T, pgcoro::error, detail::result_policy>;

public:
    using base::base;
    result() : base(boost::outcome_v2::in_place_type<pgcoro::error>, detail::aborted()) {}

    /// `if (r.error() == errc::timed_out)` needs no other question before it: a result with a value has an empty error.
    const pgcoro::error& error() const& noexcept { return *this ? detail::no_error() : this->assume_error(); }
    pgcoro::error error() && noexcept { return *this ? pgcoro::error() : std::move(*this).assume_error(); }
};

/// Returned by a `task<>` that has no value to give: `co_return pgcoro::success();`
using boost::outcome_v2::success;

/// A coroutine that returns a `result<T>`.
template <class T = void>
using task = boost::asio::awaitable<result<T>>;

} // namespace pgcoro
