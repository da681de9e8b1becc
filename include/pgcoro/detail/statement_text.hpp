// SPDX-License-Identifier: BSL-1.0
// A statement's text on its way to the engine: borrowed for ever if it is static, owned otherwise.
#pragma once

#include <pgcoro/errc.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::detail {

class statement_text {
public:
    /// The number of placeholders is not known.
    static constexpr int unknown = -1;

    statement_text() noexcept = default;

    /// Text of static storage duration, NUL-terminated, without NUL inside.
    statement_text(const char* text, std::size_t size, int placeholders) noexcept
        : text_(text), size_(size), placeholders_(placeholders) {}

    explicit statement_text(std::string text) noexcept : owned_(std::move(text)) {}

    /// NUL-terminated. Invalid after the `statement_text` moved, unless it is static.
    const char* data() const noexcept { return text_ ? text_ : owned_.c_str(); }
    std::size_t size() const noexcept { return text_ ? size_ : owned_.size(); }
    std::string_view view() const noexcept { return {data(), size()}; }
    /// The same literal gives the same address: a key for caches.
    bool is_static() const noexcept { return text_ != nullptr; }
    int placeholder_count() const noexcept { return placeholders_; }

    /// `errc::invalid_text` if it cannot be sent, else a zero value. Costs nothing for static text.
    errc check() const noexcept { return !text_ && owned_.find('\0') != std::string::npos ? errc::invalid_text : errc{}; }

private:
    const char* text_ = nullptr;
    std::string owned_;
    std::size_t size_ = 0;
    int placeholders_ = unknown;
};

} // namespace pgcoro::detail
