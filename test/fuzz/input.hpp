// SPDX-License-Identifier: BSL-1.0
// What the fuzzed bytes mean: the number of a type, and then a value.
#pragma once

#include "user_types.hpp"

#include <pgcoro/oids.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace pgcoro::fuzz {

/// What must hold for all input.
inline void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

/// Takes the input apart from its front; what is missing is zero.
class input {
public:
    input(const std::uint8_t* data, std::size_t size) noexcept : rest_(reinterpret_cast<const std::byte*>(data), size) {}

    bool empty() const noexcept { return rest_.empty(); }
    value_bytes rest() const noexcept { return rest_; }

    unsigned byte() noexcept {
        if (rest_.empty()) {
            return 0;
        }
        const auto first = std::to_integer<unsigned>(rest_.front());
        rest_ = rest_.subspan(1);
        return first;
    }

    /// All numbers of types that are known here fit 16 bits.
    oid_number type() noexcept {
        const unsigned high = byte();
        return high << 8U | byte();
    }

    value_bytes bytes(std::size_t size) noexcept {
        const auto taken = rest_.first(size < rest_.size() ? size : rest_.size());
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

private:
    value_bytes rest_;
};

} // namespace pgcoro::fuzz
