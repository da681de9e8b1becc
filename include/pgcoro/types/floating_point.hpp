// SPDX-License-Identifier: BSL-1.0
// float4 and float8 as float and double. A float4 can be read into a double; a float8 does not fit a float without loss.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/pg_type.hpp>

#include <bit>
#include <cstdint>

namespace pgcoro {

template <>
struct pg_type<float> {
    static constexpr std::string_view name = "float";
    static constexpr oid_number oid = oids::float4;
    static constexpr oid_number array_oid = oids::float4_array;

    static void encode(float value, value_writer& out) { out.put(std::bit_cast<std::uint32_t>(value)); }

    static constexpr std::size_t fixed_size = sizeof(float);
    static errc store(float value, std::byte* to) noexcept {
        detail::store_big_endian(to, std::bit_cast<std::uint32_t>(value));
        return {};
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, float& out) noexcept {
        if (bytes.size() != sizeof out) {
            return errc::malformed_value;
        }
        out = std::bit_cast<float>(detail::load_big_endian<std::uint32_t>(bytes.data()));
        return {};
    }
};

template <>
struct pg_type<double> {
    static constexpr std::string_view name = "double";
    static constexpr oid_number oid = oids::float8;
    static constexpr oid_number array_oid = oids::float8_array;

    static void encode(double value, value_writer& out) { out.put(std::bit_cast<std::uint64_t>(value)); }

    static constexpr std::size_t fixed_size = sizeof(double);
    static errc store(double value, std::byte* to) noexcept {
        detail::store_big_endian(to, std::bit_cast<std::uint64_t>(value));
        return {};
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid || column == oids::float4; }

    static errc decode(oid_number column, value_bytes bytes, double& out) noexcept {
        if (column == oids::float4) [[unlikely]] {
            float narrow = 0;
            const errc failure = pg_type<float>::decode(column, bytes, narrow);
            out = static_cast<double>(narrow);
            return failure;
        }
        if (bytes.size() != sizeof out) {
            return errc::malformed_value;
        }
        out = std::bit_cast<double>(detail::load_big_endian<std::uint64_t>(bytes.data()));
        return {};
    }
};

} // namespace pgcoro
