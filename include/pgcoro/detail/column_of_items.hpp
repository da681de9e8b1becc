// SPDX-License-Identifier: BSL-1.0
// One part of each of many items, sent as an array: what `any($1)` and `unnest($1, $2)` take.
#pragma once

#include <pgcoro/detail/array_codec.hpp>
#include <pgcoro/detail/key_parts.hpp>
#include <pgcoro/parameters.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace pgcoro {
namespace detail {

/// Part `I` of each item, in order. A view.
template <class Item, std::size_t I>
class column_of_items {
public:
    using value_type = typename parts_of<Item>::template type<I>;

    explicit column_of_items(const std::vector<Item>& items) noexcept : items_(&items) {}

    class iterator {
    public:
        explicit iterator(const Item* item) noexcept : item_(item) {}
        const value_type& operator*() const noexcept { return parts_of<Item>::template get<I>(*item_); }
        iterator& operator++() noexcept {
            ++item_;
            return *this;
        }
        friend bool operator==(const iterator&, const iterator&) = default;

    private:
        const Item* item_;
    };

    iterator begin() const noexcept { return iterator(items_->data()); }
    iterator end() const noexcept { return iterator(items_->data() + items_->size()); }
    std::size_t size() const noexcept { return items_->size(); }

private:
    const std::vector<Item>* items_;
};

} // namespace detail

template <class Item, std::size_t I>
struct pg_type<detail::column_of_items<Item, I>> : detail::array_encoder<detail::column_of_items<Item, I>> {
    static constexpr std::string_view name = "a column";
};

namespace detail {

/// One array for each part of the items.
template <class Item>
parameters encode_columns(const std::vector<Item>& items) {
    parameters values;
    parts_of<Item>::each([&]<std::size_t I>() {
        static_assert(array_part<typename parts_of<Item>::template type<I>>,
                      "pgcoro: a key or row that is sent in an array consists of types that can be elements of one: include "
                      "their headers, <pgcoro/types/...> or <pgcoro/types.hpp>, or specialise pg_type<...> for them");
        values.push_back(column_of_items<Item, I>(items));
    });
    return values;
}

} // namespace detail
} // namespace pgcoro
