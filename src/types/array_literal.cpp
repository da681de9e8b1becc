// SPDX-License-Identifier: BSL-1.0
#include "types/array_literal.hpp"

#include <charconv>
#include <cstdint>

namespace pgcoro::detail {
namespace {

bool take(std::string_view& rest, char expected) noexcept {
    const bool is_there = rest.starts_with(expected);
    rest.remove_prefix(is_there ? 1 : 0);
    return is_there;
}

bool take_number(std::string_view& rest, std::int32_t& out) noexcept {
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), out);
    if (failure != std::errc()) {
        return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return true;
}

} // namespace

bool array_literal::parse(std::string_view text, char separator) {
    separator_ = separator;
    if (!parse_bounds(text) || !parse_level(text, 0) || !text.empty()) {
        return false;
    }
    if (elements_.empty()) {
        dimensions_.clear();
    }
    return true;
}

void array_literal::split(std::string_view text, char separator) {
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        elements_.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!elements_.empty()) {
        dimensions_.push_back({static_cast<std::int32_t>(elements_.size()), 0});
    }
}

/// "[2:3][0:1]=" in front of the braces.
bool array_literal::parse_bounds(std::string_view& rest) {
    if (!rest.starts_with('[')) {
        return true;
    }
    while (take(rest, '[')) {
        std::int32_t lower = 0;
        std::int32_t upper = 0;
        if (!take_number(rest, lower) || !take(rest, ':') || !take_number(rest, upper) || !take(rest, ']') || upper < lower ||
            dimensions_.size() == max_array_dimensions) {
            return false;
        }
        dimensions_.push_back({0, lower});
    }
    has_bounds_ = true;
    return take(rest, '=');
}

bool array_literal::parse_level(std::string_view& rest, std::size_t level) {
    if (level == max_array_dimensions || !take(rest, '{')) {
        return false;
    }
    if (level == dimensions_.size()) {
        if (has_bounds_ || !elements_.empty()) {
            return false;
        }
        dimensions_.emplace_back();
    }
    counted_.resize(std::max(counted_.size(), level + 1));
    std::int32_t count = 0;
    if (!take(rest, '}')) {
        do {
            const bool is_array = rest.starts_with('{');
            if (is_array ? !parse_level(rest, level + 1) : level + 1 != dimensions_.size() || !parse_element(rest)) {
                return false;
            }
            ++count;
        } while (take(rest, separator_));
        if (!take(rest, '}')) {
            return false;
        }
    }
    if (!counted_[level]) {
        counted_[level] = true;
        dimensions_[level].size = count;
    }
    return dimensions_[level].size == count;
}

bool array_literal::parse_element(std::string_view& rest) {
    std::string text;
    if (take(rest, '"')) {
        while (!take(rest, '"')) {
            take(rest, '\\');
            if (rest.empty()) {
                return false;
            }
            text.push_back(rest.front());
            rest.remove_prefix(1);
        }
        elements_.emplace_back(std::move(text));
        return true;
    }
    const char ends[] = {separator_, '}', '{', '"', '\0'};
    const auto end = rest.find_first_of(ends);
    if (end == std::string_view::npos || end == 0) {
        return false;
    }
    const auto bare = rest.substr(0, end);
    rest.remove_prefix(end);
    bare == "NULL" ? elements_.emplace_back(std::nullopt) : elements_.emplace_back(bare);
    return true;
}

} // namespace pgcoro::detail
