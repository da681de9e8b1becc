// SPDX-License-Identifier: BSL-1.0
// What says so where `co_await` was forgotten: an operation, or a task, that is used like the result it has yet to give.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/outcome/config.hpp>

#include <concepts>

namespace pgcoro {

template <class T>
class result;

namespace detail {

template <class T>
struct missing_co_await {
    template <class U>
    static constexpr bool is_there = false;
    static_assert(is_there<T>,
                  "pgcoro: co_await is missing: an operation or a task returns its result only when it is awaited");

    // For the compiler to go on with, so that this is all it complains of.
    static constexpr bool has_value() noexcept { return true; }
    static constexpr T value() noexcept { return static_cast<T (*)()>(nullptr)(); }
};

/// The members of a result that an `operation` is asked for by mistake. None of them compiles.
template <class T>
class unawaited {
public:
    template <class U = T>
    auto has_value() const {
        return missing_co_await<U>::has_value();
    }
    template <class U = T>
    auto has_error() const {
        return missing_co_await<U>::has_value();
    }
    template <class U = T>
    auto value() const {
        return missing_co_await<U>::value();
    }
    template <class U = T>
    auto error() const {
        return missing_co_await<result<U>>::value().error();
    }
    template <class U = T>
    explicit operator bool() const {
        return missing_co_await<U>::has_value();
    }
    template <class R>
        requires std::same_as<R, result<T>>
    operator R() const {
        return missing_co_await<R>::value();
    }

protected:
    unawaited() noexcept = default;
};

template <class T, class Executor>
auto operator!(const boost::asio::awaitable<result<T>, Executor>&) {
    return missing_co_await<T>::has_value();
}

} // namespace detail
} // namespace pgcoro

// Where BOOST_OUTCOME_TRY and BOOST_OUTCOME_CO_TRY look for how to treat types that are not Outcome's.
BOOST_OUTCOME_V2_NAMESPACE_BEGIN

template <class T, class Executor>
constexpr auto try_operation_has_value(const boost::asio::awaitable<pgcoro::result<T>, Executor>&) {
    return pgcoro::detail::missing_co_await<T>::has_value();
}
template <class T, class Executor>
constexpr auto try_operation_return_as(boost::asio::awaitable<pgcoro::result<T>, Executor>&&) {
    return pgcoro::detail::missing_co_await<pgcoro::result<T>>::value();
}
template <class T, class Executor>
constexpr auto try_operation_extract_value(boost::asio::awaitable<pgcoro::result<T>, Executor>&&) {
    return pgcoro::detail::missing_co_await<T>::value();
}

BOOST_OUTCOME_V2_NAMESPACE_END
