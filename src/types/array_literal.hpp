// SPDX-License-Identifier: BSL-1.0
// The text of an array as the server prints it: "{1,NULL,3}", "[0:1]={"a b",c}".
#pragma once

#include <pgcoro/detail/array_format.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::detail {

/// Its dimensions, and its elements' texts in order.
class array_literal {
public:
    /// False if that is no array.
    bool parse(std::string_view text, char separator);
    /// What stands between separators, as one dimension that counts from 0.
    void split(std::string_view text, char separator);

    std::span<const array_dimension> dimensions() const noexcept { return dimensions_; }
    std::span<const std::optional<std::string>> elements() const noexcept { return elements_; }
    bool has_nulls() const noexcept {
        return std::ranges::any_of(elements_, [](const auto& e) { return !e; });
    }

private:
    bool parse_bounds(std::string_view& rest);
    bool parse_level(std::string_view& rest, std::size_t level);
    bool parse_element(std::string_view& rest);

    std::vector<array_dimension> dimensions_;
    std::vector<std::optional<std::string>> elements_;
    char separator_ = ',';
    bool has_bounds_ = false;
    std::vector<bool> counted_; // the size of each level's first array is that of all
};

} // namespace pgcoro::detail
