// SPDX-License-Identifier: BSL-1.0
// macaddr and macaddr8, the hardware addresses of network cards.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace pgcoro {

/// Six octets (EUI-48), in the order they are written.
struct macaddr {
    constexpr macaddr() noexcept = default;
    constexpr explicit macaddr(const std::array<std::uint8_t, 6>& in_order) noexcept : octets(in_order) {}
    std::array<std::uint8_t, 6> octets{};
    friend constexpr auto operator<=>(const macaddr&, const macaddr&) = default;
};

/// Eight octets (EUI-64), in the order they are written.
struct macaddr8 {
    constexpr macaddr8() noexcept = default;
    constexpr explicit macaddr8(const std::array<std::uint8_t, 8>& in_order) noexcept : octets(in_order) {}
    std::array<std::uint8_t, 8> octets{};
    friend constexpr auto operator<=>(const macaddr8&, const macaddr8&) = default;
};

/// As the server prints them: "08:00:2b:01:02:03".
std::string to_string(const macaddr& value);
std::string to_string(const macaddr8& value);

namespace detail {

template <class T, oid_number Type, oid_number Array>
struct octets_codec {
    static constexpr oid_number oid = Type;
    static constexpr oid_number array_oid = Array;

    static void encode(const T& value, value_writer& out) { out.put(value.octets.data(), value.octets.size()); }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, T& out) noexcept {
        if (bytes.size() != out.octets.size()) {
            return errc::malformed_value;
        }
        std::memcpy(out.octets.data(), bytes.data(), bytes.size());
        return {};
    }
};

} // namespace detail

template <>
struct pg_type<macaddr> : detail::octets_codec<macaddr, oids::macaddr, oids::macaddr_array> {
    static constexpr std::string_view name = "pgcoro::macaddr";
};

template <>
struct pg_type<macaddr8> : detail::octets_codec<macaddr8, oids::macaddr8, oids::macaddr8_array> {
    static constexpr std::string_view name = "pgcoro::macaddr8";
};

} // namespace pgcoro
