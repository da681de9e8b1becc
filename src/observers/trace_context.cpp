// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/trace_context.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace pgcoro {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef"; // the recommendation allows no others

bool read_hex(std::string_view text, std::span<std::uint8_t> out) noexcept {
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto high = hex_digits.find(text[2 * i]);
        const auto low = hex_digits.find(text[2 * i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) {
            return false;
        }
        out[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return true;
}

void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
    for (const auto byte : bytes) {
        out += {hex_digits[byte >> 4], hex_digits[byte & 15]};
    }
}

bool is_zero(std::span<const std::uint8_t> bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

} // namespace

// version "-" trace-id "-" parent-id "-" trace-flags; later versions may append more behind another dash.
std::optional<trace_context> read_traceparent(std::string_view header, std::string_view tracestate) {
    constexpr std::size_t size = 2 + 1 + 32 + 1 + 16 + 1 + 2;
    std::uint8_t version = 0;
    std::uint8_t flags = 0;
    trace_context context;
    const bool is_whole = header.size() >= size && header[2] == '-' && header[35] == '-' && header[52] == '-' &&
                          read_hex(header.substr(0, 2), {&version, 1}) && version != 0xff &&
                          (header.size() == size || (version != 0 && header[size] == '-')) &&
                          read_hex(header.substr(3, 32), context.trace_id) &&
                          read_hex(header.substr(36, 16), context.span_id) && read_hex(header.substr(53, 2), {&flags, 1});
    if (!is_whole || is_zero(context.trace_id) || is_zero(context.span_id)) {
        return std::nullopt;
    }
    context.is_sampled = (flags & 1) != 0;
    context.state = tracestate;
    return context;
}

std::string traceparent(const trace_context& context) {
    std::string header = "00-";
    append_hex(header, context.trace_id);
    header += '-';
    append_hex(header, context.span_id);
    header += context.is_sampled ? "-01" : "-00";
    return header;
}

} // namespace pgcoro
