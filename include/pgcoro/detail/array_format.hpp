// SPDX-License-Identifier: BSL-1.0
// The binary format of arrays: a header with the element type and the dimensions, then each element's length and bytes.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstdint>

namespace pgcoro::detail {

/// Of an array of one dimension, or of an empty one.
void write_array_header(std::size_t elements, bool has_nulls, oid_number element_type, value_writer& out);

/// Takes an array's value apart, and reads no byte that is not there.
class array_reader {
public:
    explicit array_reader(value_bytes bytes) noexcept : rest_(bytes) {}

    /// Reads the header. `errc::malformed_value`, or `errc::value_out_of_range` for more than one dimension.
    errc open() noexcept;

    /// After `open`: the number of elements, which is not more than the bytes can hold.
    std::size_t size() const noexcept { return size_; }
    oid_number element_type() const noexcept { return element_type_; }

    /// The next of `size()` elements. False if it is not all there.
    bool next(value_bytes& element, bool& is_null) noexcept;

    /// All bytes were read.
    bool at_end() const noexcept { return rest_.empty(); }

private:
    bool take(std::uint32_t& number) noexcept;

    value_bytes rest_;
    std::size_t size_ = 0;
    oid_number element_type_ = oids::unspecified;
};

} // namespace pgcoro::detail
