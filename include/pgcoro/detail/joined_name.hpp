// SPDX-License-Identifier: BSL-1.0
// Names of class templates' instances, put together by the compiler: "std::vector<std::int64_t>".
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pgcoro::detail {

template <const std::string_view&... Parts>
struct joined_name {
    static constexpr auto storage = [] {
        std::array<char, (Parts.size() + ...)> joined{};
        std::size_t at = 0;
        for (const std::string_view part : {Parts...}) {
            for (const char c : part) {
                joined[at++] = c;
            }
        }
        return joined;
    }();
    static constexpr std::string_view value{storage.data(), storage.size()};
};

} // namespace pgcoro::detail
