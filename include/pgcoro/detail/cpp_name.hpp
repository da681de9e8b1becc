// SPDX-License-Identifier: BSL-1.0
// The name of a user's own type, for messages.
#pragma once

#include <string_view>

namespace pgcoro::detail {

template <class T>
constexpr std::string_view signature() noexcept {
    return __PRETTY_FUNCTION__;
}

/// "shop::address" of a T of that name, as the compiler writes it.
template <class T>
constexpr std::string_view cpp_name() noexcept {
    // GCC says "[with T = int; ...]", clang "[T = int]".
    std::string_view text = signature<T>();
    text.remove_prefix(text.find("T = ") + 4);
    return text.substr(0, text.find_first_of(";]"));
}

} // namespace pgcoro::detail
