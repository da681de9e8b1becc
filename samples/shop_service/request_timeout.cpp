// SPDX-License-Identifier: BSL-1.0
#include "request_timeout.hpp"

#include <charconv>
#include <cmath>

namespace shop {

std::optional<std::chrono::milliseconds> read_timeout(std::string_view text) noexcept {
    if (text.empty()) {
        return default_timeout;
    }
    double seconds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
    if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(seconds) || seconds <= 0) {
        return std::nullopt;
    }
    const std::chrono::duration<double> longest = longest_timeout;
    if (seconds >= longest.count()) {
        return longest_timeout;
    }
    return std::chrono::milliseconds(std::lround(std::ceil(seconds * 1000)));
}

} // namespace shop
