// SPDX-License-Identifier: BSL-1.0
// The members of a struct that is read by name: what they are called, their types, and where they are.
#pragma once

#include <pgcoro/read_by_name.hpp>

#include <boost/describe/members.hpp>
#include <boost/pfr/core.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#if __has_include(<boost/pfr/core_name.hpp>)
#include <boost/pfr/core_name.hpp>
#endif
#if defined(BOOST_PFR_CORE_NAME_ENABLED) && BOOST_PFR_CORE_NAME_ENABLED
#define PGCORO_DETAIL_PFR_KNOWS_NAMES 1
#else
#define PGCORO_DETAIL_PFR_KNOWS_NAMES 0
#endif

namespace pgcoro::detail {

/// By way of Boost.Describe: public members, those of described bases first.
template <class Struct, class Descriptors>
struct described_members;
template <class Struct, template <class...> class List, class... Described>
struct described_members<Struct, List<Described...>> {
    static_assert(sizeof...(Described) != 0, "pgcoro: the description of this struct names no public member");

    template <class Descriptor>
    using member_type = std::remove_reference_t<decltype(std::declval<Struct&>().*Descriptor::pointer)>;

    /// Calls `f` with each member's type and name.
    template <class F>
    static constexpr void each(F f) {
        (f.template operator()<member_type<Described>>(std::string_view(Described::name)), ...);
    }
    /// Calls `f` with each member.
    template <class F>
    static void each_of(Struct& whole, F f) {
        (f(whole.*Described::pointer), ...);
    }

    template <template <class...> class To>
    using types = To<member_type<Described>...>;
};

#if PGCORO_DETAIL_PFR_KNOWS_NAMES
/// By way of Boost.PFR.
template <class Struct, class Indices = std::make_index_sequence<boost::pfr::tuple_size_v<Struct>>>
struct reflected_members;
template <class Struct, std::size_t... I>
struct reflected_members<Struct, std::index_sequence<I...>> {
    template <class F>
    static constexpr void each(F f) {
        (f.template operator()<boost::pfr::tuple_element_t<I, Struct>>(std::string_view(boost::pfr::get_name<I, Struct>())),
         ...);
    }
    template <class F>
    static void each_of(Struct& whole, F f) {
        (f(boost::pfr::get<I>(whole)), ...);
    }

    template <template <class...> class To>
    using types = To<boost::pfr::tuple_element_t<I, Struct>...>;
};
#endif

template <class Struct>
struct named_members;

template <described Struct>
struct named_members<Struct>
    : described_members<
          Struct, boost::describe::describe_members<Struct, boost::describe::mod_public | boost::describe::mod_inherited>> {};

template <class Struct>
    requires(!described<Struct>)
#if PGCORO_DETAIL_PFR_KNOWS_NAMES
struct named_members<Struct> : reflected_members<Struct> {
};
#else
struct named_members<Struct> {
    static_assert(std::is_void_v<Struct> && !std::is_void_v<Struct>,
                  "pgcoro: the names of this struct's members are unknown: describe it with BOOST_DESCRIBE_STRUCT, or use "
                  "Boost 1.84 or later");

    // Keeps the compiler from saying more than that.
    template <class F>
    static constexpr void each(F) {}
    template <class F>
    static void each_of(Struct&, F) {}
    template <template <class...> class To>
    using types = To<int>;
};
#endif

#undef PGCORO_DETAIL_PFR_KNOWS_NAMES

} // namespace pgcoro::detail
