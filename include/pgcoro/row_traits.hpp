// SPDX-License-Identifier: BSL-1.0
// `row_traits<T>`: reads a row into a T that is neither a scalar, a tuple nor a plain struct.
#pragma once

namespace pgcoro {

/// Customisation point. A specialisation lists the columns of a row of T, by position, and makes a T from their values:
///
///     template <>
///     struct pgcoro::row_traits<circle> {
///         using columns = std::tuple<point_id, double>;
///         static circle make(point_id centre, double radius);      // or result<circle>, if that can fail
///     };
template <class T>
struct row_traits;

} // namespace pgcoro
