// SPDX-License-Identifier: BSL-1.0
// Views of <ranges> as array parameters: `any($1)` with the result of a transform or a filter. Not in <pgcoro/types.hpp>,
// because <ranges> is a large header.
#pragma once

#include <pgcoro/detail/array_codec.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>

namespace pgcoro {
namespace detail {

/// A view is made to be copied, but many cannot be iterated while const; for others it is the other way round.
template <class View>
concept array_view =
    std::ranges::view<View> &&
    (std::ranges::forward_range<const View> || (std::ranges::forward_range<View> && std::copy_constructible<View>)) &&
    array_element<std::ranges::range_value_t<View>>;

} // namespace detail

/// Can be sent if its elements can. It is iterated twice before the call returns, and must give the same elements both times; a
/// different number of them is `errc::value_out_of_range`.
template <detail::array_view View>
struct pg_type<View> {
    using element = std::ranges::range_value_t<View>;
    using value = detail::without_optional_t<element>;
    static constexpr std::string_view name = "a view";
    static constexpr detail::type_reference reference = detail::reference_to_array_of<value>();
    static constexpr oid_number oid = reference.oid;

    static void encode(const View& view, value_writer& out)
        requires encodable<value>
    {
        if constexpr (std::ranges::forward_range<const View>) {
            write(view, out);
        } else {
            View copy = view;
            write(copy, out);
        }
    }

private:
    template <class Range>
    static void write(Range& range, value_writer& out) {
        std::size_t size = 0;
        bool has_nulls = false;
        for (const element& e : range) {
            ++size;
            if constexpr (detail::is_optional<element>) {
                has_nulls = has_nulls || !e;
            }
        }
        const auto dimension = detail::dimension_of(size);
        if (!detail::write_array_header({&dimension, 1}, has_nulls, detail::reference_to<value>(), out)) {
            return;
        }
        for (const element& e : range) {
            detail::write_element(e, out);
            --size;
        }
        if (size != 0) {
            out.fail(errc::value_out_of_range);
        }
    }
};

} // namespace pgcoro
