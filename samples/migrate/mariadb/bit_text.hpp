// SPDX-License-Identifier: BSL-1.0
// Bytes and bits as PostgreSQL writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migrate::mariadb {

/// "\x00ff"
std::string bytea_text(std::string_view bytes);
/// Sixteen bytes as "01234567-89ab-cdef-0123-456789abcdef".
std::string uuid_text(std::string_view bytes);
/// The last `width` bits of a big-endian number, as "0101".
std::string bit_string(std::string_view bytes, std::int64_t width);
/// A big-endian number of at most eight bytes.
std::uint64_t bit_number(std::string_view bytes);

} // namespace migrate::mariadb
