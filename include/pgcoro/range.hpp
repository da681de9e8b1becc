// SPDX-License-Identifier: BSL-1.0
// A range of values as in PostgreSQL: two bounds, each of which is inclusive, exclusive or infinite.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace pgcoro {

/// The type of `unbounded`.
struct unbounded_t {};
/// No bound: the range goes on forever.
inline constexpr unbounded_t unbounded;

/// One end of a range.
template <class T>
class range_bound {
public:
    range_bound() = default;
    range_bound(unbounded_t) noexcept {}
    range_bound(T value, bool is_inclusive) : value_(std::move(value)), is_inclusive_(is_inclusive) {}

    bool is_infinite() const noexcept { return !value_; }
    /// Whether the value belongs to the range.
    bool is_inclusive() const noexcept { return is_inclusive_; }
    /// Not set if the bound is infinite.
    const std::optional<T>& value() const noexcept { return value_; }

    friend bool operator==(const range_bound&, const range_bound&) = default;

private:
    std::optional<T> value_;
    bool is_inclusive_ = false;
};

template <class T>
range_bound<T> including(T value) {
    return {std::move(value), true};
}
template <class T>
range_bound<T> excluding(T value) {
    return {std::move(value), false};
}

/// A range, which may be empty.
///
///     pgcoro::range(1, 5)                                          // [1,5), as int4range(1, 5) is in SQL
///     pgcoro::range(pgcoro::excluding(1), pgcoro::including(5))    // (1,5]
///     pgcoro::range<int>(pgcoro::including(1), pgcoro::unbounded)  // [1,)
///
/// The server converts ranges of integers and dates to the form [ ), so that [1,4] comes back as [1,5). This class does not
/// compare the bounds: the server refuses a lower bound above the upper one.
template <class T>
class range {
public:
    using value_type = T;

    /// The empty range.
    range() = default;
    range(T lower, T upper) : range(including(std::move(lower)), excluding(std::move(upper))) {}
    range(range_bound<T> lower, range_bound<T> upper) : lower_(std::move(lower)), upper_(std::move(upper)), is_empty_(false) {}

    bool is_empty() const noexcept { return is_empty_; }
    /// Both bounds of the empty range are infinite.
    const range_bound<T>& lower() const noexcept { return lower_; }
    const range_bound<T>& upper() const noexcept { return upper_; }

    /// Whether the value lies in the range. Needs `<` only.
    bool contains(const T& value) const {
        const auto& from = lower_.value();
        const auto& to = upper_.value();
        return !is_empty_ && (!from || *from < value || (lower_.is_inclusive() && !(value < *from))) &&
               (!to || value < *to || (upper_.is_inclusive() && !(*to < value)));
    }

    /// Compares the bounds: [1,4] and [1,5) differ, though they hold the same integers.
    friend bool operator==(const range&, const range&) = default;

private:
    range_bound<T> lower_;
    range_bound<T> upper_;
    bool is_empty_ = true;
};

/// "[1,5)", "(,5]", "empty": valid in SQL if `print` writes the bounds without a comma or other special characters.
template <class T, class Print>
std::string to_string(const range<T>& r, Print print) {
    if (r.is_empty()) {
        return "empty";
    }
    std::string text(1, r.lower().is_inclusive() ? '[' : '(');
    if (const auto& lower = r.lower().value()) {
        text += print(*lower);
    }
    text += ',';
    if (const auto& upper = r.upper().value()) {
        text += print(*upper);
    }
    text += r.upper().is_inclusive() ? ']' : ')';
    return text;
}

/// The same for types with a `to_string` of their own, such as numbers.
template <class T>
std::string to_string(const range<T>& r) {
    return to_string(r, [](const T& bound) {
        using std::to_string;
        return to_string(bound);
    });
}

} // namespace pgcoro
