// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/range_format.hpp>

#include <pgcoro/detail/big_endian.hpp>

namespace pgcoro::detail {
namespace {

/// Takes a length and as many bytes. False if they are not all there.
bool take_nested(value_bytes& rest, value_bytes& taken) noexcept {
    constexpr std::size_t length_size = sizeof(std::uint32_t);
    if (rest.size() < length_size) {
        return false;
    }
    const auto length = load_big_endian<std::uint32_t>(rest.data());
    if (length > rest.size() - length_size) {
        return false;
    }
    taken = rest.subspan(length_size, length);
    rest = rest.subspan(length_size + length);
    return true;
}

/// The server sends an empty range with that flag alone, and does not include what is infinite.
bool are_possible(const range_parts& parts) noexcept {
    using namespace range_flags;
    constexpr std::uint8_t all = empty | lower_inclusive | upper_inclusive | lower_infinite | upper_infinite;
    return (parts.flags & ~all) == 0 && (!parts.has(empty) || parts.flags == empty) &&
           !(parts.has(lower_infinite) && parts.has(lower_inclusive)) &&
           !(parts.has(upper_infinite) && parts.has(upper_inclusive));
}

} // namespace

bool split_range(value_bytes bytes, range_parts& out) noexcept {
    if (bytes.empty()) {
        return false;
    }
    out.flags = std::to_integer<std::uint8_t>(bytes[0]);
    value_bytes rest = bytes.subspan(1);
    if (!are_possible(out)) {
        return false;
    }
    if (!out.has(range_flags::empty)) {
        if (!out.has(range_flags::lower_infinite) && !take_nested(rest, out.lower)) {
            return false;
        }
        if (!out.has(range_flags::upper_infinite) && !take_nested(rest, out.upper)) {
            return false;
        }
    }
    return rest.empty();
}

bool multirange_reader::open() noexcept {
    constexpr std::size_t smallest = sizeof(std::uint32_t) + 1; // a length and the flags
    if (rest_.size() < sizeof(std::uint32_t)) {
        return false;
    }
    size_ = load_big_endian<std::uint32_t>(rest_.data());
    rest_ = rest_.subspan(sizeof(std::uint32_t));
    return size_ <= rest_.size() / smallest;
}

bool multirange_reader::next(value_bytes& range) noexcept { return take_nested(rest_, range); }

} // namespace pgcoro::detail
