// SPDX-License-Identifier: BSL-1.0
// PostgreSQL's enums as C++ enums.
#pragma once

#include <pgcoro/detail/cpp_name.hpp>
#include <pgcoro/pg_type.hpp>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <span>
#include <string_view>
#include <type_traits>

namespace pgcoro {

/// An enumerator and its label in PostgreSQL.
template <class Enum>
struct enum_label {
    Enum value;
    std::string_view label;
};

/// A base class of `pg_type<Enum>`; the specialisation adds the type's name in SQL. The labels are the enumerators' names, as
/// known to Boost.Describe, or the specialisation's own `labels`:
///
///     enum class mood { sad, fine };
///     BOOST_DESCRIBE_ENUM(mood, sad, fine)
///     template <>
///     struct pgcoro::pg_type<mood> : pgcoro::enum_type<mood> {
///         static constexpr std::string_view sql_name = "mood";
///     };
///
///     template <>
///     struct pgcoro::pg_type<colour> : pgcoro::enum_type<colour> {
///         static constexpr std::string_view sql_name = "shop.colour";
///         static constexpr pgcoro::enum_label<colour> labels[] = {{colour::light_blue, "light blue"}, ...};
///     };
///
/// A parameter is sent as its label, which the server reads as the type that the statement needs. A label or value that is not
/// in the list is `errc::unknown_label`.
template <class Enum>
struct enum_type {
    static_assert(std::is_enum_v<Enum>, "pgcoro::enum_type is for enums");
    using text_format = void;
    static constexpr std::string_view name = detail::cpp_name<Enum>();

    static void encode(Enum value, value_writer& out) {
        for (const auto& known : labels_of()) {
            if (known.value == value) {
                return out.put_text(known.label);
            }
        }
        out.fail(errc::unknown_label);
    }

    static errc decode(oid_number, value_bytes bytes, Enum& out) noexcept {
        const std::string_view label(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        for (const auto& known : labels_of()) {
            if (known.label == label) {
                out = known.value;
                return {};
            }
        }
        return errc::unknown_label;
    }

private:
    template <class... Described>
    static constexpr auto listed(boost::mp11::mp_list<Described...>) noexcept {
        return std::array<enum_label<Enum>, sizeof...(Described)>{enum_label<Enum>{Described::value, Described::name}...};
    }

    template <class E>
    static constexpr auto described =
        listed(boost::mp11::mp_rename<boost::describe::describe_enumerators<E>, boost::mp11::mp_list>());

    static constexpr std::span<const enum_label<Enum>> labels_of() noexcept {
        if constexpr (requires { pg_type<Enum>::labels; }) {
            return pg_type<Enum>::labels;
        } else {
            static_assert(boost::describe::has_describe_enumerators<Enum>::value,
                          "pgcoro: the labels of this enum are unknown: BOOST_DESCRIBE_ENUM it, or list them in its pg_type");
            return described<Enum>;
        }
    }
};

} // namespace pgcoro
