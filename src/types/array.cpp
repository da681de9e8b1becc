// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/array_format.hpp>

#include <pgcoro/detail/big_endian.hpp>

namespace pgcoro::detail {

void write_array_header(std::size_t elements, bool has_nulls, oid_number element_type, value_writer& out) {
    // Each element takes four bytes at least, so more cannot be sent anyway.
    if (elements > value_writer::max_size / sizeof(std::uint32_t)) {
        return out.fail(errc::value_too_large);
    }
    out.put(std::uint32_t{elements != 0});
    out.put(std::uint32_t{has_nulls});
    out.put(element_type);
    if (elements != 0) {
        out.put(static_cast<std::uint32_t>(elements));
        out.put(std::uint32_t{1}); // the first index, as in SQL
    }
}

bool array_reader::take(std::uint32_t& number) noexcept {
    if (rest_.size() < sizeof number) {
        return false;
    }
    number = load_big_endian<std::uint32_t>(rest_.data());
    rest_ = rest_.subspan(sizeof number);
    return true;
}

errc array_reader::open() noexcept {
    std::uint32_t dimensions = 0;
    std::uint32_t flags = 0;
    if (!take(dimensions) || !take(flags) || flags > 1 || !take(element_type_)) {
        return errc::malformed_value;
    }
    if (dimensions == 0) {
        return {};
    }
    constexpr std::uint32_t most_dimensions = 6;
    if (dimensions > 1) {
        return dimensions > most_dimensions ? errc::malformed_value : errc::value_out_of_range;
    }
    std::uint32_t elements = 0;
    std::uint32_t first_index = 0;
    if (!take(elements) || !take(first_index) || elements > rest_.size() / sizeof(std::uint32_t)) {
        return errc::malformed_value;
    }
    size_ = elements;
    return {};
}

bool array_reader::next(value_bytes& element, bool& is_null) noexcept {
    std::uint32_t length = 0;
    if (!take(length)) {
        return false;
    }
    is_null = length == ~std::uint32_t{0};
    if (is_null) {
        return true;
    }
    if (length > rest_.size()) {
        return false;
    }
    element = rest_.first(length);
    rest_ = rest_.subspan(length);
    return true;
}

} // namespace pgcoro::detail
