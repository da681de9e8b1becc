// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/composite_format.hpp>

#include <pgcoro/detail/big_endian.hpp>

namespace pgcoro::detail {

bool composite_reader::take(std::uint32_t& number) noexcept {
    if (rest_.size() < sizeof number) {
        return false;
    }
    number = load_big_endian<std::uint32_t>(rest_.data());
    rest_ = rest_.subspan(sizeof number);
    return true;
}

errc composite_reader::open(std::size_t fields) noexcept {
    std::uint32_t count = 0;
    if (!take(count)) {
        return errc::malformed_value;
    }
    return count == fields ? errc{} : errc::attribute_mismatch;
}

bool composite_reader::next(field& out) noexcept {
    std::uint32_t length = 0;
    if (!take(out.type) || !take(length)) {
        return false;
    }
    out.is_null = length == ~std::uint32_t{0};
    out.bytes = {};
    if (out.is_null) {
        return true;
    }
    if (length > rest_.size()) {
        return false;
    }
    out.bytes = rest_.first(length);
    rest_ = rest_.subspan(length);
    return true;
}

} // namespace pgcoro::detail
