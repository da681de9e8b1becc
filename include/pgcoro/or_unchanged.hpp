// SPDX-License-Identifier: BSL-1.0
// A column of a changed row that the server may have left out, because an update did not change it.
#pragma once

#include <pgcoro/detail/row_plan.hpp>

#include <optional>
#include <utility>

namespace pgcoro {

/// A value of a row in a replication stream, or the fact that the server did not send it.
///
/// The server does not send a large value (one that is stored out of line, in a TOAST table) that an update did not change,
/// unless the table has REPLICA IDENTITY FULL. That is not NULL: the copy must keep the value it has. Columns of variable
/// length that may grow beyond about 2 kB should be read into this type: `or_unchanged<std::string>`, or if they may be NULL,
/// `or_unchanged<std::optional<std::string>>`.
template <class T>
class or_unchanged {
public:
    using value_type = T;

    /// Unchanged.
    constexpr or_unchanged() noexcept = default;
    constexpr or_unchanged(T value) : value_(std::move(value)) {}

    constexpr bool is_unchanged() const noexcept { return !value_.has_value(); }

    /// Only if it was sent.
    constexpr T& value() & noexcept { return *value_; }
    constexpr const T& value() const& noexcept { return *value_; }
    constexpr T&& value() && noexcept { return *std::move(value_); }

    /// What was sent, or the value that the copy has.
    constexpr T value_or(T before) const& { return value_ ? *value_ : std::move(before); }
    constexpr T value_or(T before) && { return value_ ? *std::move(value_) : std::move(before); }

    friend constexpr bool operator==(const or_unchanged&, const or_unchanged&) = default;

private:
    friend struct detail::unchanged_access<or_unchanged>;

    std::optional<T> value_;
};

namespace detail {

/// The type of the column.
template <class T>
struct without_optional<or_unchanged<T>> : without_optional<T> {};

template <class T>
struct unchanged_access<or_unchanged<T>> {
    static constexpr bool may_be_unchanged = true;
    static std::optional<T>& value(or_unchanged<T>& out) noexcept { return out.value_; }
};

} // namespace detail
} // namespace pgcoro
