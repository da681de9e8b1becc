// SPDX-License-Identifier: BSL-1.0
#include "mariadb/text_repair.hpp"

#include <pgcoro/detail/utf8.hpp>

namespace migrate::mariadb {

bool is_acceptable_text(std::string_view text) {
    return pgcoro::detail::is_valid_utf8(text) && text.find('\0') == std::string_view::npos;
}

std::string repaired_text(std::string_view text) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string repaired;
    for (;;) {
        const auto valid = text.substr(0, pgcoro::detail::valid_utf8_prefix(text)).substr(0, text.find('\0'));
        repaired += valid;
        if (valid.size() == text.size()) {
            return repaired;
        }
        repaired += replacement;
        text.remove_prefix(valid.size() + 1);
    }
}

} // namespace migrate::mariadb
