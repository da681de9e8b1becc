// SPDX-License-Identifier: BSL-1.0
// Arrays of any number of dimensions, for what prints them.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pgcoro::detail {

/// Takes an array's value apart, and reads no byte that is not there.
class array_value {
public:
    struct dimension {
        std::uint32_t size = 0;
        std::int32_t first_index = 1;
    };

    explicit array_value(value_bytes bytes) noexcept : rest_(bytes) {}

    /// Reads the header. False if it is malformed.
    bool open() noexcept;

    /// After `open`. An empty array has no dimension.
    std::span<const dimension> dimensions() const noexcept { return {dimensions_.data(), count_}; }
    oid_number element_type() const noexcept { return element_type_; }

    /// The next element, the last index running fastest. False if it is not all there.
    bool next(value_bytes& element, bool& is_null) noexcept;

    bool at_end() const noexcept { return rest_.empty(); }

private:
    bool take(std::uint32_t& number) noexcept;

    value_bytes rest_;
    std::array<dimension, 6> dimensions_{};
    std::size_t count_ = 0;
    oid_number element_type_ = oids::unspecified;
};

} // namespace pgcoro::detail
