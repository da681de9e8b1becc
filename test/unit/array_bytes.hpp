// SPDX-License-Identifier: BSL-1.0
// The binary format of arrays, written part by part.
#pragma once

#include "fake_result.hpp"

#include <cstdint>
#include <string>

namespace pgcoro::test {

inline std::string header(std::int32_t dimensions, std::int32_t nulls, std::uint32_t element) {
    return big_endian(dimensions) + big_endian(nulls) + big_endian(element);
}
inline std::string dimension(std::int32_t size, std::int32_t first = 1) { return big_endian(size) + big_endian(first); }
inline std::string element(const std::string& bytes) { return big_endian(static_cast<std::int32_t>(bytes.size())) + bytes; }
inline std::string element(std::int32_t value) { return element(big_endian(value)); }
inline const std::string null_element = big_endian(std::int32_t{-1});

} // namespace pgcoro::test
