// SPDX-License-Identifier: BSL-1.0
// Finds keys in a vector of them.
#pragma once

#include <pgcoro/detail/key_parts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace pgcoro::detail {

/// A hash table of positions in a vector of keys, which its user keeps. Nothing is removed but all at once; it keeps its
/// memory.
template <class Key>
class key_index {
public:
    static constexpr auto npos = std::numeric_limits<std::size_t>::max();

    /// Where the key is, or `npos`.
    std::size_t find(const std::vector<Key>& keys, const Key& key) const {
        return count_ == 0 ? npos : places_[place_of(keys, key)] - std::size_t{1}; // an empty place is 0
    }

    /// The same, but a key that is not there gets the position `keys.size()`: the caller appends it then.
    std::size_t find_or_add(const std::vector<Key>& keys, const Key& key) {
        if (2 * (count_ + 1) > places_.size()) {
            grow(keys);
        }
        place& found = places_[place_of(keys, key)];
        if (found == 0) {
            found = static_cast<place>(keys.size() + 1);
            ++count_;
        }
        return found - std::size_t{1};
    }

    void clear() noexcept {
        if (count_ != 0) {
            std::fill(places_.begin(), places_.end(), place{0});
            count_ = 0;
        }
    }

private:
    using place = std::uint32_t;

    /// Where it is, or would be.
    std::size_t place_of(const std::vector<Key>& keys, const Key& key) const {
        const std::size_t mask = places_.size() - 1;
        std::size_t at = hash_of(key) & mask;
        while (places_[at] != 0 && !is_same_key(keys[places_[at] - 1], key)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    void grow(const std::vector<Key>& keys) {
        places_.assign(std::max<std::size_t>(16, 2 * places_.size()), 0);
        for (std::size_t i = 0; i != count_; ++i) {
            places_[place_of(keys, keys[i])] = static_cast<place>(i + 1);
        }
    }

    std::vector<place> places_;
    std::size_t count_ = 0;
};

} // namespace pgcoro::detail
