// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/identifiers.hpp>

namespace pgcoro {
namespace {

std::string hexadecimal(std::uint64_t value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    do {
        text.insert(text.begin(), digits[value & 15]);
        value >>= 4;
    } while (value != 0);
    return text;
}

} // namespace

std::string to_string(tid value) { return "(" + std::to_string(value.block) + "," + std::to_string(value.offset) + ")"; }

std::string to_string(lsn value) { return hexadecimal(value.value >> 32) + "/" + hexadecimal(value.value & 0xffffffff); }

} // namespace pgcoro
