// SPDX-License-Identifier: BSL-1.0
// The rows of a chunk while they arrive.
#pragma once

#include <pgcoro/detail/row_shape.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro {
class dynamic_row; // has no shape

namespace detail {

template <class T>
inline constexpr bool is_string = std::is_same_v<T, std::string> || std::is_same_v<T, std::optional<std::string>>;

template <class... Parts>
constexpr bool are_refillable(part_list<Parts...>) noexcept {
    return (is_string<Parts> || ...) && ((row_part<Parts>::is_column && std::is_move_assignable_v<Parts> &&
                                          (is_string<Parts> || std::is_trivially_destructible_v<Parts>)) &&
                                         ...);
}

/// A row that can be read into one that was read before, whose strings have memory already. Nothing else in it owns memory,
/// which would be kept for nothing.
template <class Row>
concept refillable_row = !std::is_same_v<Row, dynamic_row> && requires { typename row_shape<Row>::parts; } &&
                         are_refillable(typename row_shape<Row>::parts());

/// After a `clear`, refillable rows stay where they are, as spares.
template <class Row>
class row_chunk {
public:
    std::size_t size() const noexcept { return rows_.size() - spares_; }
    bool empty() const noexcept { return size() == 0; }
    Row& operator[](std::size_t n) noexcept { return rows_[n]; }
    std::span<Row> rows() noexcept { return std::span<Row>(rows_).first(size()); }

    void clear() noexcept {
        if constexpr (refillable_row<Row>) {
            spares_ = rows_.size();
        } else {
            rows_.clear();
        }
    }

    /// The row behind the last one, to be read again; null if there is none.
    Row* spare() noexcept { return spares_ == 0 ? nullptr : &rows_[size()]; }
    /// It has been read.
    void keep_spare() noexcept { --spares_; }

    /// To append to, or to take the last ones away. Without spares.
    std::vector<Row>& vector() noexcept {
        if (spares_ != 0) {
            rows_.erase(rows_.end() - static_cast<std::ptrdiff_t>(std::exchange(spares_, 0)), rows_.end());
        }
        return rows_;
    }

private:
    std::vector<Row> rows_;
    std::size_t spares_ = 0; // at its end
};

} // namespace detail
} // namespace pgcoro
