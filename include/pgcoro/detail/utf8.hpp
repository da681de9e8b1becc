// SPDX-License-Identifier: BSL-1.0
// UTF-8 as the server checks it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pgcoro::detail {

/// False for overlong forms, surrogates, code points above U+10FFFF, stray and missing continuation bytes. NUL is valid here.
bool is_valid_utf8(std::string_view text) noexcept;

/// The size of the longest beginning that is valid.
std::size_t valid_utf8_prefix(std::string_view text) noexcept;

/// The text with U+FFFD for each byte that is not part of valid UTF-8. Of more than `limit` bytes, the whole characters that
/// fit, and an ellipsis (U+2026) after them.
std::string clean_utf8(std::string_view text, std::size_t limit = std::string_view::npos);

} // namespace pgcoro::detail
