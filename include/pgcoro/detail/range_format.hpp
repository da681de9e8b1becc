// SPDX-License-Identifier: BSL-1.0
// The binary formats of ranges (a byte of flags, then the finite bounds) and multiranges (a count, then the ranges), and the
// numbers of those that are built in.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstdint>

namespace pgcoro::detail {

/// A built-in range type with what is made of it.
struct range_family {
    oid_number subtype;
    oid_number range;
    oid_number range_array;
    oid_number multirange;
    oid_number multirange_array;
};

inline constexpr range_family range_families[] = {
    {oids::int4, 3904, 3905, 4451, 6150},        // int4range
    {oids::int8, 3926, 3927, 4536, 6157},        // int8range
    {1700, 3906, 3907, 4532, 6151},              // numrange
    {oids::timestamp, 3908, 3909, 4533, 6152},   // tsrange
    {oids::timestamptz, 3910, 3911, 4534, 6153}, // tstzrange
    {oids::date, 3912, 3913, 4535, 6155},        // daterange
};

/// That of ranges of a type; all numbers are `oids::unspecified` if there is none.
constexpr range_family range_family_of(oid_number subtype) noexcept {
    for (const auto& family : range_families) {
        if (family.subtype == subtype) {
            return family;
        }
    }
    return {};
}

/// What a built-in range is made of, or the range type a built-in multirange is made of; else `oids::unspecified`.
constexpr oid_number built_in_subtype(oid_number range) noexcept {
    for (const auto& family : range_families) {
        if (family.range == range) {
            return family.subtype;
        }
        if (family.multirange == range) {
            return family.range;
        }
    }
    return oids::unspecified;
}

namespace range_flags {
inline constexpr std::uint8_t empty = 0x01;
inline constexpr std::uint8_t lower_inclusive = 0x02;
inline constexpr std::uint8_t upper_inclusive = 0x04;
inline constexpr std::uint8_t lower_infinite = 0x08;
inline constexpr std::uint8_t upper_infinite = 0x10;
} // namespace range_flags

/// A range's value taken apart.
struct range_parts {
    std::uint8_t flags = 0;
    value_bytes lower; // unless it is infinite or the range empty
    value_bytes upper;

    bool has(std::uint8_t flag) const noexcept { return (flags & flag) != 0; }
};

/// False if it is malformed.
bool split_range(value_bytes bytes, range_parts& out) noexcept;

/// Takes a multirange's value apart, and reads no byte that is not there.
class multirange_reader {
public:
    explicit multirange_reader(value_bytes bytes) noexcept : rest_(bytes) {}

    /// Reads the count. False if it is malformed.
    bool open() noexcept;

    /// After `open`: the number of ranges, which is not more than the bytes can hold.
    std::size_t size() const noexcept { return size_; }

    /// The next of `size()` ranges. False if it is not all there.
    bool next(value_bytes& range) noexcept;

    /// All bytes were read.
    bool at_end() const noexcept { return rest_.empty(); }

private:
    value_bytes rest_;
    std::size_t size_ = 0;
};

} // namespace pgcoro::detail
