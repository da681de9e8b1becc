// SPDX-License-Identifier: BSL-1.0
// One way to use every specialisation of `pg_type`, whether it knows its OID or has to be told.
#pragma once

#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/pg_type.hpp>

#include <string>
#include <string_view>

namespace pgcoro::detail {

/// A type as a parameter, or as an element inside of one, is sent: by number or, if that differs from database to database, by
/// name, and then perhaps as an array of what has this name.
struct type_reference {
    oid_number oid = oids::unspecified;
    std::string_view sql_name;
    bool is_array = false;
};

template <class T>
constexpr type_reference reference_to() noexcept {
    if constexpr (requires { pg_type<T>::reference; }) {
        return pg_type<T>::reference;
    } else if constexpr (named_type<T>) {
        return {oids::unspecified, pg_type<T>::sql_name, false};
    } else {
        return {pg_type<T>::oid, {}, false};
    }
}

/// An array of such elements.
template <class T>
constexpr type_reference reference_to_array_of() noexcept {
    if constexpr (named_type<T>) {
        return {oids::unspecified, pg_type<T>::sql_name, true};
    } else {
        return {pg_type<T>::array_oid, {}, false};
    }
}

/// Whether a value of the PostgreSQL type can be read into a T. `type` is not a domain unless
/// the type goes by name: a column never is one.
template <class T>
bool accepts_type(oid_number type, const type_catalogue& types) noexcept {
    if constexpr (requires { pg_type<T>::accepts(type, types); }) {
        return pg_type<T>::accepts(type, types);
    } else if constexpr (named_type<T>) {
        return types.is(type, pg_type<T>::sql_name);
    } else {
        return pg_type<T>::accepts(type);
    }
}

/// As which type a value inside of another one is read into a T: its own or, if that is a domain, what it is made of.
/// `oids::unspecified` if it cannot be.
template <class T>
oid_number read_inside_as(oid_number type, const type_catalogue& types) noexcept {
    const oid_number base = types.base(type);
    return accepts_type<T>(base, types) || (base != type && accepts_type<T>(type, types)) ? base : oids::unspecified;
}

/// Has composites inside, and can say in words which attribute keeps a value from being read into a T: `explain` appends that,
/// and is false if it finds none.
template <class T>
concept explains = requires(oid_number type, value_bytes bytes, const type_catalogue& types, std::string& out) {
    { pg_type<T>::explain(type, bytes, types, out) } -> std::same_as<bool>;
};

/// Reads a value of a type that was accepted.
template <class T>
errc decode_value(oid_number type, value_bytes bytes, T& out, const type_catalogue& types) {
    if constexpr (requires { pg_type<T>::decode(type, bytes, out, types); }) {
        return pg_type<T>::decode(type, bytes, out, types);
    } else {
        return pg_type<T>::decode(type, bytes, out);
    }
}

} // namespace pgcoro::detail
