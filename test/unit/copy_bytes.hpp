// SPDX-License-Identifier: BSL-1.0
// The bytes of the binary COPY format, written down by hand.
#pragma once

#include "fake_result.hpp"

#include <cstdint>
#include <string>

namespace pgcoro::test {

inline const std::string copied_header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
inline const std::string copied_trailer("\377\377", 2);
inline const std::string copied_null("\377\377\377\377", 4);

inline std::string copied_value(const std::string& bytes) {
    return big_endian(static_cast<std::int32_t>(bytes.size())) + bytes;
}

inline std::string copied_row(std::int16_t columns, const std::string& values) { return big_endian(columns) + values; }

} // namespace pgcoro::test
