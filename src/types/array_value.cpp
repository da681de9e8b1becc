// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/array_value.hpp>

#include <pgcoro/detail/big_endian.hpp>

namespace pgcoro::detail {

bool array_value::take(std::uint32_t& number) noexcept {
    if (rest_.size() < sizeof number) {
        return false;
    }
    number = load_big_endian<std::uint32_t>(rest_.data());
    rest_ = rest_.subspan(sizeof number);
    return true;
}

bool array_value::open() noexcept {
    std::uint32_t count = 0;
    std::uint32_t flags = 0;
    if (!take(count) || !take(flags) || !take(element_type_) || count > dimensions_.size()) {
        return false;
    }
    // Each element takes four bytes at least: more of them than that are not there, and are not looped over.
    std::uint64_t elements = 1;
    for (count_ = 0; count_ < count; ++count_) {
        std::uint32_t first_index = 0;
        auto& next = dimensions_[count_];
        if (!take(next.size) || !take(first_index) || next.size == 0) {
            return false;
        }
        next.first_index = static_cast<std::int32_t>(first_index);
        elements *= next.size;
        if (elements > rest_.size()) {
            return false;
        }
    }
    return true;
}

bool array_value::next(value_bytes& element, bool& is_null) noexcept {
    std::uint32_t length = 0;
    if (!take(length)) {
        return false;
    }
    is_null = length == ~std::uint32_t{0};
    length = is_null ? 0 : length;
    if (length > rest_.size()) {
        return false;
    }
    element = rest_.first(length);
    rest_ = rest_.subspan(length);
    return true;
}

} // namespace pgcoro::detail
