// SPDX-License-Identifier: BSL-1.0
// In which format the rows of statements that are not prepared have to be asked for, where that is known.
#pragma once

#include <pgcoro/detail/statement_text.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

namespace pgcoro::wire {

inline constexpr int text_format = 0;
inline constexpr int binary_format = 1;

/// Of a bounded number of statements: it begins anew when they are too many. A wrong answer, which takes two texts of the same
/// fingerprint, costs a repetition or some types that can be read.
class format_memory {
public:
    static constexpr std::size_t capacity = 256;

    bool empty() const noexcept { return formats_.empty(); }
    /// 0 text, 1 binary, or -1 if nothing is known.
    int find(std::string_view text, std::span<const unsigned> types) const {
        const auto at = formats_.find(key(text, types));
        return at == formats_.end() ? -1 : at->second;
    }
    void remember(std::string_view text, std::span<const unsigned> types, int format) {
        if (formats_.size() == capacity) {
            formats_.clear();
        }
        formats_[key(text, types)] = format;
    }

private:
    static std::uint64_t key(std::string_view text, std::span<const unsigned> types) noexcept {
        std::uint64_t hash = detail::fingerprint_of(text);
        for (const unsigned type : types) {
            hash = (hash ^ type) * 0x9e3779b97f4a7c15;
        }
        return hash;
    }

    std::unordered_map<std::uint64_t, int> formats_;
};

} // namespace pgcoro::wire
