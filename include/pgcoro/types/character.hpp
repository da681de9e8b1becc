// SPDX-License-Identifier: BSL-1.0
// "char", the one-byte type (with the quotes: char without them is text), as char.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <cstdint>

namespace pgcoro {

/// A NUL character is the empty string, in PostgreSQL and here.
template <>
struct pg_type<char> {
    static constexpr std::string_view name = "char";
    static constexpr oid_number oid = oids::char_;
    static constexpr oid_number array_oid = oids::char_array;

    static void encode(char value, value_writer& out) { out.put(static_cast<std::uint8_t>(value)); }

    static constexpr bool accepts(oid_number column) noexcept { return column == oid; }

    static errc decode(oid_number, value_bytes bytes, char& out) noexcept {
        if (bytes.size() != 1) {
            return errc::malformed_value;
        }
        out = static_cast<char>(bytes[0]);
        return {};
    }
};

} // namespace pgcoro
