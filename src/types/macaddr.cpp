// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/macaddr.hpp>

#include <span>

namespace pgcoro {
namespace {

std::string with_colons(std::span<const std::uint8_t> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto octet : octets) {
        if (!text.empty()) {
            text.push_back(':');
        }
        text.push_back(digits[octet >> 4]);
        text.push_back(digits[octet & 15]);
    }
    return text;
}

} // namespace

std::string to_string(const macaddr& value) { return with_colons(value.octets); }
std::string to_string(const macaddr8& value) { return with_colons(value.octets); }

} // namespace pgcoro
