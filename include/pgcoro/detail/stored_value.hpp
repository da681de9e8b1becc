// SPDX-License-Identifier: BSL-1.0
// Values that are stored into memory that is there: of types of fixed size, and text.
#pragma once

#include <pgcoro/errc.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgcoro::detail {

/// Text whose bytes are its value.
template <class T>
concept copied_text = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;
template <class T>
concept stored_value = copied_text<without_optional_t<T>> || fixed_size_type<without_optional_t<T>>;

/// Of the value's bytes; 0 for NULL.
template <stored_value T>
[[gnu::always_inline]] inline std::size_t stored_size(const T& value) noexcept {
    if constexpr (is_optional<T>) {
        return value ? stored_size(*value) : 0;
    } else if constexpr (copied_text<T>) {
        return value.size();
    } else {
        return pg_type<T>::fixed_size;
    }
}

/// Stores the bytes of a value, of which there are `size`. Fails if it cannot be sent.
template <stored_value T>
[[gnu::always_inline]] inline errc store(const T& value, std::byte* to, std::size_t size) noexcept {
    if constexpr (!copied_text<T>) {
        return pg_type<T>::store(value, to);
    } else if (std::is_same_v<T, std::string> || size != 0) {
        std::memcpy(to, value.data(), size);
        // Where it comes from: a load of what was just stored in smaller pieces would wait until the stores are done.
        return std::memchr(value.data(), '\0', size) ? errc::invalid_text : errc{};
    } else {
        return {};
    }
}

} // namespace pgcoro::detail
