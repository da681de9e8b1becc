// SPDX-License-Identifier: BSL-1.0
// Whether the columns of a result find their way into a struct by name or by position.
#pragma once

namespace pgcoro {
namespace detail {

/// BOOST_DESCRIBE_STRUCT declares this function. Boost.Describe's own question for it costs the compiler a tenth of a second.
template <class Struct>
concept described = requires { boost_public_member_descriptor_fn(static_cast<Struct**>(nullptr)); };

} // namespace detail

/// True: a column goes into the member of its name; columns in any order, and further columns do no harm. False: the first
/// column goes into the first member, and so on.
///
/// By default true for a struct whose members' names Boost.Describe knows (BOOST_DESCRIBE_STRUCT), else false. To read one
/// takes <pgcoro/rows_by_name.hpp>. A specialisation says otherwise, in the same place as the struct, for all of the program
/// has to see it:
///
///     template <>
///     inline constexpr bool pgcoro::read_by_name<totals> = false;
///
/// For a struct that is not described, true needs Boost 1.84 or later, whose PFR knows the names; not for a struct that is
/// local to a function.
template <class Struct>
inline constexpr bool read_by_name = detail::described<Struct>;

} // namespace pgcoro
