// SPDX-License-Identifier: BSL-1.0
// bytea as std::vector<std::byte>, or as std::array<std::byte, N> for a fixed size, such as a digest;
// std::span<const std::byte> as a parameter.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace pgcoro {

template <>
struct pg_type<std::span<const std::byte>> {
    static constexpr std::string_view name = "std::span<const std::byte>";
    static constexpr oid_number oid = oids::bytea;
    static constexpr oid_number array_oid = oids::bytea_array;

    static void encode(std::span<const std::byte> value, value_writer& out) { out.put(value.data(), value.size()); }
};

template <>
struct pg_type<std::span<std::byte>> : pg_type<std::span<const std::byte>> {
    static constexpr std::string_view name = "std::span<std::byte>";
};

template <>
struct pg_type<std::vector<std::byte>> {
    static constexpr std::string_view name = "std::vector<std::byte>";
    static constexpr oid_number oid = oids::bytea;
    static constexpr oid_number array_oid = oids::bytea_array;

    static void encode(const std::vector<std::byte>& value, value_writer& out) { out.put(value.data(), value.size()); }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, std::vector<std::byte>& out) {
        out.assign(bytes.begin(), bytes.end());
        return {};
    }
};

/// A different number of bytes is `errc::value_out_of_range`.
template <std::size_t Size>
struct pg_type<std::array<std::byte, Size>> {
    static constexpr std::string_view name = "std::array<std::byte>";
    static constexpr oid_number oid = oids::bytea;
    static constexpr oid_number array_oid = oids::bytea_array;

    static void encode(const std::array<std::byte, Size>& value, value_writer& out) { out.put(value.data(), Size); }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, std::array<std::byte, Size>& out) noexcept {
        if (bytes.size() != Size) {
            return errc::value_out_of_range;
        }
        if constexpr (Size != 0) {
            std::memcpy(out.data(), bytes.data(), Size);
        }
        return {};
    }
};

} // namespace pgcoro
