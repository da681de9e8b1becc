// SPDX-License-Identifier: BSL-1.0
// The frame of PostgreSQL's binary COPY format: a header, then rows, then a trailer.
//
//     header    "PGCOPY\n\377\r\n\0", int32 flags, int32 length of an extension, the extension
//     row       int16 number of values; of each value int32 length, -1 for NULL, and its bytes
//     trailer   int16 -1
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/byte_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pgcoro::detail {

inline constexpr std::string_view copy_signature("PGCOPY\n\377\r\n\0", 11);
/// The signature and two numbers.
inline constexpr std::size_t copy_header_size = copy_signature.size() + 2 * sizeof(std::uint32_t);
/// A reader must refuse what it does not know of these.
inline constexpr std::uint32_t critical_copy_flags = 0xffff0000;
/// In place of the number of a row's values.
inline constexpr std::uint16_t copy_trailer = 0xffff;
/// In place of the length of a value's bytes.
inline constexpr std::uint32_t copy_null = 0xffffffff;

/// A header without flags and without an extension.
inline void append_copy_header(byte_buffer& out) {
    std::byte* const to = out.extend(copy_header_size);
    std::memset(to, 0, copy_header_size);
    std::memcpy(to, copy_signature.data(), copy_signature.size());
}

inline void append_copy_trailer(byte_buffer& out) { store_big_endian(out.extend(sizeof copy_trailer), copy_trailer); }

} // namespace pgcoro::detail
