// SPDX-License-Identifier: BSL-1.0
// Takes the values of full text search apart: numbers, and text up to a NUL.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/pg_type.hpp>

#include <concepts>
#include <cstring>
#include <string>

namespace pgcoro::detail {

/// Reads no byte that is not there.
class text_search_reader {
public:
    explicit text_search_reader(value_bytes bytes) noexcept : rest_(bytes) {}

    template <std::unsigned_integral T>
    bool take(T& number) noexcept {
        if (rest_.size() < sizeof number) {
            return false;
        }
        number = load_big_endian<T>(rest_.data());
        rest_ = rest_.subspan(sizeof number);
        return true;
    }

    bool take(std::string& text) {
        const void* const end = rest_.empty() ? nullptr : std::memchr(rest_.data(), '\0', rest_.size());
        if (!end) {
            return false;
        }
        const auto size = static_cast<std::size_t>(static_cast<const std::byte*>(end) - rest_.data());
        text.assign(reinterpret_cast<const char*>(rest_.data()), size);
        rest_ = rest_.subspan(size + 1);
        return true;
    }

    std::size_t left() const noexcept { return rest_.size(); }

private:
    value_bytes rest_;
};

/// In single quotes, as the server prints lexemes.
inline void append_lexeme(std::string& to, const std::string& text) {
    to.push_back('\'');
    for (const char c : text) {
        to.append(c == '\'' || c == '\\' ? 2 : 1, c);
    }
    to.push_back('\'');
}

} // namespace pgcoro::detail
