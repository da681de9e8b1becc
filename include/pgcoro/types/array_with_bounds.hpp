// SPDX-License-Identifier: BSL-1.0
// Arrays with everything that PostgreSQL keeps: any number of dimensions, and the lower bound of each.
#pragma once

#include <pgcoro/detail/array_codec.hpp>
#include <pgcoro/detail/joined_name.hpp>
#include <pgcoro/types/array.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pgcoro {

/// An array whose number of dimensions is known only at run time. '[0:1][5:7]={{1,2,3},{4,5,6}}' is
///
///     pgcoro::array<int>{{{2, 0}, {3, 5}}, {1, 2, 3, 4, 5, 6}}
///
/// T is a type with `pg_type`, or std::optional of one if elements may be NULL. An empty array has no dimensions.
template <class T>
struct array {
    std::vector<array_dimension> dimensions;
    /// The last index varies fastest.
    std::vector<T> elements;

    /// The position in `elements` of the element with this index, counted as in SQL from the lower bounds. Not set if none.
    std::optional<std::size_t> position(std::span<const std::int32_t> index) const noexcept {
        std::size_t at = 0;
        for (std::size_t i = 0; i < dimensions.size() && i < index.size(); ++i) {
            const auto from_first = std::int64_t{index[i]} - dimensions[i].lower_bound;
            if (from_first < 0 || from_first >= dimensions[i].size) {
                return {};
            }
            at = at * static_cast<std::size_t>(dimensions[i].size) + static_cast<std::size_t>(from_first);
        }
        return index.size() == dimensions.size() && at < elements.size() ? std::optional(at) : std::nullopt;
    }
    std::optional<std::size_t> position(std::initializer_list<std::int32_t> index) const noexcept {
        return position(std::span(index.begin(), index.size()));
    }

    friend bool operator==(const array&, const array&) = default;
};

namespace detail {

template <class T>
struct bounded_array_name {
    static constexpr std::string_view start = "pgcoro::array<", end = ">";
    static constexpr std::string_view value = joined_name<start, part_name<T>::value, end>::value;
};

} // namespace detail

/// Errors when sending: `errc::value_out_of_range` if the number of elements does not match the dimensions, for more than 6
/// dimensions, for a negative size, and for an index that does not fit 32 bits. When reading: `errc::unexpected_null`, and
/// those of the elements.
template <detail::array_element T>
struct pg_type<array<T>> {
    using value = detail::without_optional_t<T>;
    static constexpr std::string_view name = detail::bounded_array_name<T>::value;
    static constexpr detail::type_reference reference = detail::reference_to_array_of<value>();
    static constexpr oid_number oid = reference.oid;

    static void encode(const array<T>& a, value_writer& out)
        requires encodable<value>
    {
        if (a.elements.size() != detail::count_elements(a.dimensions)) {
            return out.fail(errc::value_out_of_range);
        }
        const bool has_nulls = detail::array_encoder<std::vector<T>>::has_nulls(a.elements);
        if (detail::write_array_header(a.dimensions, has_nulls, detail::reference_to<value>(), out)) {
            for (const T& element : a.elements) {
                detail::write_element(element, out);
            }
        }
    }

    static bool accepts(oid_number column, const detail::type_catalogue& types = detail::built_in_types()) noexcept
        requires decodable<value>
    {
        return pg_type<std::vector<T>>::accepts(column, types);
    }

    static errc decode(oid_number, value_bytes bytes, array<T>& out,
                       const detail::type_catalogue& types = detail::built_in_types())
        requires decodable<value>
    {
        detail::array_reader reader(bytes);
        if (!reader.open()) {
            return errc::malformed_value;
        }
        const oid_number type = detail::read_inside_as<value>(reader.element_type(), types);
        if (type == oids::unspecified) {
            return errc::malformed_value;
        }
        out.dimensions.assign(reader.dimensions().begin(), reader.dimensions().end());
        const array_dimension all{static_cast<std::int32_t>(reader.size()), 1};
        const errc failure = detail::array_codec<std::vector<T>>::read(reader, type, &all, out.elements, types);
        return failure == errc{} && !reader.at_end() ? errc::malformed_value : failure;
    }

    static bool explain(oid_number, value_bytes bytes, const detail::type_catalogue& types, std::string& out)
        requires detail::explains<value>
    {
        return detail::explain_elements<value>(bytes, types, out);
    }
};

} // namespace pgcoro
