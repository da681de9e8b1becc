// SPDX-License-Identifier: BSL-1.0
// PostgreSQL's bool as bool.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <cstdint>

namespace pgcoro {

template <>
struct pg_type<bool> {
    static constexpr std::string_view name = "bool";
    static constexpr oid_number oid = oids::bool_;
    static constexpr oid_number array_oid = oids::bool_array;

    static void encode(bool value, value_writer& out) { out.put(static_cast<std::uint8_t>(value)); }

    static constexpr std::size_t fixed_size = 1;
    static errc store(bool value, std::byte* to) noexcept {
        *to = std::byte{value};
        return {};
    }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, bool& out) noexcept {
        if (bytes.size() != 1) {
            return errc::malformed_value;
        }
        out = bytes[0] != std::byte{0};
        return {};
    }
};

} // namespace pgcoro
