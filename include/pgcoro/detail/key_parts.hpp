// SPDX-License-Identifier: BSL-1.0
// What a key, or a row that is written, is made of: a single value, or the members of a tuple or a plain struct.
#pragma once

#include <pgcoro/detail/encode_rows.hpp>

#include <boost/functional/hash.hpp>
#include <boost/pfr/core.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

/// The number of parts, their types, and the parts themselves, in order: one for each placeholder.
template <class T>
struct parts_of {
    static constexpr std::size_t size = row_width<T>();

    template <std::size_t I>
    static constexpr auto& get(auto& whole) noexcept {
        if constexpr (is_tuple<T>) {
            return std::get<I>(whole);
        } else if constexpr (sent_struct<T>) {
            return boost::pfr::get<I>(whole);
        } else {
            return whole;
        }
    }

    template <std::size_t I>
    using type = std::remove_cvref_t<decltype(get<I>(std::declval<T&>()))>;

    /// Calls `function.template operator()<I>()` for each part.
    template <class Function>
    static constexpr void each(Function&& function) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (function.template operator()<I>(), ...);
        }(std::make_index_sequence<size>());
    }
};

template <class T>
concept hashed_by_std = requires(const T& value) {
    { std::hash<T>()(value) } -> std::convertible_to<std::size_t>;
};

/// Multiplies, so that keys which differ in few bits are far apart in the upper half.
constexpr std::uint64_t spread_bits(std::uint64_t hash) noexcept {
    hash *= 0x9e3779b97f4a7c15;
    return hash ^ hash >> 32U;
}

/// The hash of a key: of the parts of one that has several.
template <class Key>
std::uint64_t hash_of(const Key& key) {
    if constexpr (std::is_floating_point_v<Key>) {
        return key == key ? spread_bits(std::hash<Key>()(key)) : 2; // all that are not a number are the same to the server
    } else if constexpr (is_tuple<Key> || (sent_struct<Key> && !hashed_by_std<Key>)) {
        std::uint64_t hash = 0;
        parts_of<Key>::each([&]<std::size_t I>() { hash = spread_bits(hash + hash_of(parts_of<Key>::template get<I>(key))); });
        return hash;
    } else if constexpr (is_optional<Key>) {
        return key ? hash_of(*key) : 1;
    } else if constexpr (hashed_by_std<Key>) {
        return spread_bits(std::hash<Key>()(key));
    } else if constexpr (requires { key.time_since_epoch().count(); }) {
        return spread_bits(static_cast<std::uint64_t>(key.time_since_epoch().count()));
    } else {
        return spread_bits(boost::hash<Key>()(key));
    }
}

/// Whether two keys are the same. A struct needs no operator for it.
template <class Key>
bool is_same_key(const Key& a, const Key& b) {
    if constexpr (std::is_floating_point_v<Key>) {
        return a == b || (a != a && b != b);
    } else if constexpr (std::equality_comparable<Key> && !is_tuple<Key>) {
        return a == b;
    } else {
        bool is_same = true;
        parts_of<Key>::each([&]<std::size_t I>() {
            is_same = is_same && is_same_key(parts_of<Key>::template get<I>(a), parts_of<Key>::template get<I>(b));
        });
        return is_same;
    }
}

} // namespace pgcoro::detail
