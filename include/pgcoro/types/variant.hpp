// SPDX-License-Identifier: BSL-1.0
// std::variant as a parameter: its current alternative decides which type is sent.
#pragma once

#include <pgcoro/errc.hpp>
#include <pgcoro/parameters.hpp>

#include <cstddef>
#include <utility>
#include <variant>

namespace pgcoro::detail {

/// NULL.
template <>
struct chosen_value<std::monostate> {
    static void push(std::monostate, parameters& to) { to.push_back(nullptr); }
};

/// The current alternative. Each must be a type that can be sent. A variant without a value is `errc::value_out_of_range`.
template <class... Alternatives>
struct chosen_value<std::variant<Alternatives...>> {
    static void push(const std::variant<Alternatives...>& value, parameters& to) {
        if (value.valueless_by_exception()) {
            return to.push_failure(errc::value_out_of_range);
        }
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((value.index() == I ? to.push_back(*std::get_if<I>(&value)) : void()), ...);
        }(std::index_sequence_for<Alternatives...>());
    }
};

} // namespace pgcoro::detail
