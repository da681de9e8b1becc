// SPDX-License-Identifier: BSL-1.0
// Numbers in network byte order, as PostgreSQL's binary formats have them.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pgcoro::detail {

template <std::unsigned_integral T>
T to_or_from_big_endian(T value) noexcept {
    if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) {
        return value;
    } else if constexpr (sizeof(T) == 2) {
        return __builtin_bswap16(value);
    } else if constexpr (sizeof(T) == 4) {
        return __builtin_bswap32(value);
    } else {
        static_assert(sizeof(T) == 8);
        return __builtin_bswap64(value);
    }
}

template <std::unsigned_integral T>
T load_big_endian(const std::byte* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return to_or_from_big_endian(value);
}

template <std::unsigned_integral T>
void store_big_endian(std::byte* to, T value) noexcept {
    value = to_or_from_big_endian(value);
    std::memcpy(to, &value, sizeof value);
}

} // namespace pgcoro::detail
