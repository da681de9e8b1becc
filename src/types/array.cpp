// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/array_format.hpp>

#include <pgcoro/detail/big_endian.hpp>

#include <limits>

namespace pgcoro::detail {
namespace {

// Each element takes four bytes at least, so a value cannot hold more.
constexpr std::size_t most_elements = value_writer::max_size / sizeof(std::uint32_t);

/// The index of the last element can be counted, too.
bool is_possible(const array_dimension& dimension) {
    const auto behind = std::int64_t{dimension.lower_bound} + dimension.size;
    return dimension.size >= 0 && behind <= std::numeric_limits<std::int32_t>::max();
}

} // namespace

std::size_t count_elements(std::span<const array_dimension> dimensions) noexcept {
    std::size_t count = dimensions.empty() ? 0 : 1;
    for (const auto& dimension : dimensions) {
        if (dimension.size == 0) {
            return 0;
        }
        if (count <= most_elements) {
            count *= static_cast<std::uint32_t>(dimension.size);
        }
    }
    return count;
}

bool write_array_header(std::span<const array_dimension> dimensions, bool has_nulls, const type_reference& element_type,
                        value_writer& out) {
    const std::size_t elements = count_elements(dimensions);
    if (elements > most_elements) {
        out.fail(errc::value_too_large);
        return false;
    }
    if (elements == 0) {
        dimensions = {};
    }
    out.put(static_cast<std::uint32_t>(dimensions.size()));
    out.put(std::uint32_t{has_nulls});
    if (element_type.sql_name.empty()) {
        out.put(element_type.oid);
    } else {
        out.put_type_named(element_type.sql_name, element_type.is_array);
    }
    for (const auto& dimension : dimensions) {
        if (dimensions.size() > max_array_dimensions || !is_possible(dimension)) {
            out.fail(errc::value_out_of_range);
            break;
        }
        out.put(static_cast<std::uint32_t>(dimension.size));
        out.put(static_cast<std::uint32_t>(dimension.lower_bound));
    }
    return out.ok();
}

bool array_reader::take(std::uint32_t& number) noexcept {
    if (rest_.size() < sizeof number) {
        return false;
    }
    number = load_big_endian<std::uint32_t>(rest_.data());
    rest_ = rest_.subspan(sizeof number);
    return true;
}

bool array_reader::open() noexcept {
    std::uint32_t dimensions = 0;
    std::uint32_t flags = 0;
    if (!take(dimensions) || dimensions > max_array_dimensions || !take(flags) || flags > 1 || !take(element_type_)) {
        return false;
    }
    for (std::uint32_t i = 0; i < dimensions; ++i) {
        std::uint32_t size = 0;
        std::uint32_t lower_bound = 0;
        if (!take(size) || !take(lower_bound) || size > std::numeric_limits<std::int32_t>::max()) {
            return false;
        }
        dimensions_[i] = {static_cast<std::int32_t>(size), static_cast<std::int32_t>(lower_bound)};
    }
    size_ = count_elements({dimensions_, dimensions});
    dimension_count_ = size_ == 0 ? 0 : dimensions;
    return size_ <= rest_.size() / sizeof(std::uint32_t);
}

} // namespace pgcoro::detail
