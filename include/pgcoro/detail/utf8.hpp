// SPDX-License-Identifier: BSL-1.0
// UTF-8 as the server checks it.
#pragma once

#include <string_view>

namespace pgcoro::detail {

/// False for overlong forms, surrogates, code points above U+10FFFF, stray and missing continuation bytes. NUL is valid here.
bool is_valid_utf8(std::string_view text) noexcept;

} // namespace pgcoro::detail
