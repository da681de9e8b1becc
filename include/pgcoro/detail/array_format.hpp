// SPDX-License-Identifier: BSL-1.0
// The binary format of arrays: a header with the element type and the dimensions, then each element's length and bytes.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace pgcoro {

/// One dimension of an array: how many elements it has, and the index of the first.
struct array_dimension {
    std::int32_t size = 0;
    std::int32_t lower_bound = 1;

    friend bool operator==(const array_dimension&, const array_dimension&) = default;
};

namespace detail {

/// PostgreSQL's MAXDIM.
inline constexpr std::size_t max_array_dimensions = 6;

/// Where one of the sizes is 0, the array is empty and has no dimensions. False, and a failure of `out`, if there can be no
/// such array: `errc::value_too_large` for more elements than a message can carry, `errc::value_out_of_range` for dimensions
/// that no array has.
bool write_array_header(std::span<const array_dimension> dimensions, bool has_nulls, const type_reference& element_type,
                        value_writer& out);

/// How many elements these dimensions have; more than any value can hold if that is more than can be counted.
std::size_t count_elements(std::span<const array_dimension> dimensions) noexcept;

/// Takes an array's value apart, and reads no byte that is not there.
class array_reader {
public:
    explicit array_reader(value_bytes bytes) noexcept : rest_(bytes) {}

    /// Reads the header. False if it is malformed.
    bool open() noexcept;

    /// After `open`: none if the array is empty, else each with one element at least.
    std::span<const array_dimension> dimensions() const noexcept { return {dimensions_, dimension_count_}; }
    /// All elements together: not more than the bytes can hold.
    std::size_t size() const noexcept { return size_; }
    oid_number element_type() const noexcept { return element_type_; }

    /// The next of `size()` elements. False if it is not all there.
    bool next(value_bytes& element, bool& is_null) noexcept {
        constexpr std::size_t length_size = sizeof(std::uint32_t);
        if (rest_.size() < length_size) [[unlikely]] {
            return false;
        }
        const auto length = load_big_endian<std::uint32_t>(rest_.data());
        is_null = length == ~std::uint32_t{0};
        const std::size_t size = is_null ? 0 : length;
        if (size > rest_.size() - length_size) [[unlikely]] {
            return false;
        }
        element = rest_.subspan(length_size, size);
        rest_ = rest_.subspan(length_size + size);
        return true;
    }

    /// All bytes were read.
    bool at_end() const noexcept { return rest_.empty(); }

private:
    bool take(std::uint32_t& number) noexcept;

    value_bytes rest_;
    std::size_t size_ = 0;
    oid_number element_type_ = oids::unspecified;
    std::uint32_t dimension_count_ = 0;
    array_dimension dimensions_[max_array_dimensions];
};

} // namespace detail
} // namespace pgcoro
