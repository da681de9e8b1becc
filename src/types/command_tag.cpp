// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/command_tag.hpp>

#include <algorithm>
#include <charconv>

namespace pgcoro {

command_tag::command_tag(std::string_view text) noexcept
    : size_(static_cast<std::uint8_t>(std::min(text.size(), sizeof text_))) {
    std::copy_n(text.data(), size_, text_);
    // The count is the last word. INSERT has another number before it, which is always 0 nowadays.
    const std::string_view kept(text_, size_);
    const auto space = kept.rfind(' ');
    if (space != std::string_view::npos) {
        const char* const end = text_ + size_;
        if (std::from_chars(text_ + space + 1, end, rows_).ptr != end) {
            rows_ = 0;
        }
    }
}

} // namespace pgcoro
