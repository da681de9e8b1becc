// SPDX-License-Identifier: BSL-1.0
// `row_traits<T>`: how a row becomes a T that is neither a scalar, a tuple nor a plain struct.
#pragma once

namespace pgcoro {

/// Customisation point. A specialisation says which columns, by position, a row of T has, and makes a T of their values:
///
///     template <>
///     struct pgcoro::row_traits<circle> {
///         using columns = std::tuple<point_id, double>;
///         static circle make(point_id centre, double radius);      // or result<circle>, if that can fail
///     };
template <class T>
struct row_traits;

} // namespace pgcoro
