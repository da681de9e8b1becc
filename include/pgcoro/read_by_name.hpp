// SPDX-License-Identifier: BSL-1.0
// Whether columns are read into the members of a struct by name or by position.
#pragma once

namespace pgcoro {
namespace detail {

/// BOOST_DESCRIBE_STRUCT declares this function. Boost.Describe's own trait costs the compiler a tenth of a second.
template <class Struct>
concept described = requires { boost_public_member_descriptor_fn(static_cast<Struct**>(nullptr)); };

} // namespace detail

/// True: each column is read into the member of its name, in any order, and other columns are ignored. False: the first column
/// is read into the first member, and so on.
///
/// By default true for a struct whose members' names Boost.Describe knows (BOOST_DESCRIBE_STRUCT), otherwise false. Reading by
/// name needs <pgcoro/rows_by_name.hpp>. A specialisation overrides the default. Place it next to the struct, because the whole
/// program must see it:
///
///     template <>
///     inline constexpr bool pgcoro::read_by_name<totals> = false;
///
/// For a struct that is not described, true needs Boost 1.84 or later, whose PFR knows the names. It does not work for a struct
/// that is local to a function.
template <class Struct>
inline constexpr bool read_by_name = detail::described<Struct>;

} // namespace pgcoro
