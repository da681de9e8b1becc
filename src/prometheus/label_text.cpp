// SPDX-License-Identifier: BSL-1.0
#include "prometheus/label_text.hpp"

#include <pgcoro/detail/utf8.hpp>

#include <algorithm>

namespace pgcoro::prometheus {

std::string label_text(std::string_view text) {
    std::string clean(text);
    const bool is_utf8 = pgcoro::detail::is_valid_utf8(text);
    std::replace_if(
        clean.begin(), clean.end(),
        [is_utf8](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !is_utf8);
        },
        '?');
    return clean;
}

} // namespace pgcoro::prometheus
