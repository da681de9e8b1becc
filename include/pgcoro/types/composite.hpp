// SPDX-License-Identifier: BSL-1.0
// PostgreSQL's composite types as structs, and anonymous records as tuples.
#pragma once

#include <pgcoro/detail/composite_format.hpp>
#include <pgcoro/detail/cpp_name.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>

#include <boost/pfr/core.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgcoro {
namespace detail {

template <class Field>
void encode_field(std::string_view composite, std::size_t index, std::size_t count, const Field& field, value_writer& out) {
    using plain = without_optional_t<Field>;
    out.put_type_of_attribute(composite, index, reference_to<plain>().oid, count);
    if constexpr (is_optional<Field>) {
        if (!field) {
            return out.put_nested_null();
        }
        const auto start = out.begin_nested();
        pg_type<plain>::encode(*field, out);
        out.end_nested(start);
    } else {
        const auto start = out.begin_nested();
        pg_type<plain>::encode(field, out);
        out.end_nested(start);
    }
}

template <class Field>
errc decode_field(composite_reader& reader, Field& out, const type_catalogue& types) {
    using plain = without_optional_t<Field>;
    composite_reader::field field;
    if (!reader.next(field)) {
        return errc::malformed_value;
    }
    const auto type = read_inside_as<plain>(field.type, types);
    if (type == oids::unspecified) {
        return errc::attribute_mismatch;
    }
    if constexpr (is_optional<Field>) {
        if (field.is_null) {
            out.reset();
            return {};
        }
        return decode_value<plain>(type, field.bytes, out.emplace(), types);
    } else {
        return field.is_null ? errc::unexpected_null : decode_value<plain>(type, field.bytes, out, types);
    }
}

template <class... Fields>
errc decode_fields(value_bytes bytes, const type_catalogue& types, Fields&... fields) {
    composite_reader reader(bytes);
    if (const errc failure = reader.open(sizeof...(Fields)); failure != errc{}) {
        return failure;
    }
    errc failure{};
    static_cast<void>(((failure = decode_field(reader, fields, types), failure == errc{}) && ...));
    return failure != errc{} || reader.at_end() ? failure : errc::malformed_value;
}

/// Explains why the field cannot be read. False if its type is not the reason.
template <class Field>
bool explain_field(oid_number composite, std::size_t index, const composite_reader::field& field, const type_catalogue& types,
                   std::string& out) {
    using plain = without_optional_t<Field>;
    if (read_inside_as<plain>(field.type, types) == oids::unspecified) {
        describe_wrong_attribute(composite, index, field.type, pg_type<plain>::name, types, out);
        return true;
    }
    if constexpr (explains<plain>) {
        return !field.is_null && pg_type<plain>::explain(types.base(field.type), field.bytes, types, out);
    } else {
        return false;
    }
}

template <class... Fields>
bool explain_fields(oid_number type, value_bytes bytes, const type_catalogue& types, std::string_view name, std::string& out) {
    composite_reader reader(bytes);
    if (reader.open(sizeof...(Fields)) == errc::attribute_mismatch) {
        describe_attribute_count(type, bytes, name, sizeof...(Fields), types, out);
        return true;
    }
    composite_reader::field field;
    std::size_t index = 0;
    return ((reader.next(field) && explain_field<Fields>(type, index++, field, types, out)) || ...);
}

/// The same for the members of a struct.
template <class Struct, std::size_t... I>
bool explain_members(oid_number type, value_bytes bytes, const type_catalogue& types, std::string_view name, std::string& out,
                     std::index_sequence<I...>) {
    return explain_fields<boost::pfr::tuple_element_t<I, Struct>...>(type, bytes, types, name, out);
}

/// Whether all of a tuple's fields can be read.
template <class Fields>
inline constexpr bool fields_are_readable = false;
template <class... Fields>
inline constexpr bool fields_are_readable<std::tuple<Fields...>> = (readable_column<Fields> && ...);

} // namespace detail

/// A base class of `pg_type<Struct>` for an aggregate; the specialisation adds the type's name in SQL. Members and attributes
/// correspond by position. An attribute that may be NULL needs std::optional.
///
///     struct address {
///         std::string street;
///         std::optional<int> number;
///     };
///     template <>
///     struct pgcoro::pg_type<address> : pgcoro::composite_type<address> {
///         static constexpr std::string_view sql_name = "address";
///     };
///
/// `sql_name` may also be a domain over a composite type. A different number of attributes, or an attribute whose type its
/// member cannot hold, is `errc::attribute_mismatch`.
template <class Struct>
struct composite_type {
    static_assert(std::is_aggregate_v<Struct>, "pgcoro::composite_type is for aggregates");
    static constexpr std::string_view name = detail::cpp_name<Struct>();

    static void encode(const Struct& value, value_writer& out) {
        out.put(static_cast<std::uint32_t>(boost::pfr::tuple_size_v<Struct>));
        boost::pfr::for_each_field(value, [&](const auto& field, std::size_t index) {
            detail::encode_field(pg_type<Struct>::sql_name, index, boost::pfr::tuple_size_v<Struct>, field, out);
        });
    }

    static errc decode(oid_number, value_bytes bytes, Struct& out, const detail::type_catalogue& types) {
        return std::apply([&](auto&... fields) { return detail::decode_fields(bytes, types, fields...); },
                          boost::pfr::structure_tie(out));
    }

    static bool explain(oid_number type, value_bytes bytes, const detail::type_catalogue& types, std::string& out) {
        return detail::explain_members<Struct>(type, bytes, types, name, out,
                                               std::make_index_sequence<boost::pfr::tuple_size_v<Struct>>());
    }
};

/// An anonymous record, such as `row(1, 'a')`, or any composite type. Cannot be a parameter: the server does not accept records
/// of an unknown type.
template <class... Fields>
    requires(detail::readable_column<Fields> && ...)
struct pg_type<std::tuple<Fields...>> {
    static constexpr std::string_view name = "std::tuple";
    static constexpr oid_number oid = oids::record;
    static constexpr oid_number array_oid = oids::record_array;

    static bool accepts(oid_number column, const detail::type_catalogue& types) noexcept {
        const auto* const known = types.find(column);
        return column == oid || (known && known->kind == 'c');
    }

    static errc decode(oid_number, value_bytes bytes, std::tuple<Fields...>& out, const detail::type_catalogue& types) {
        return std::apply([&](auto&... fields) { return detail::decode_fields(bytes, types, fields...); }, out);
    }

    static bool explain(oid_number type, value_bytes bytes, const detail::type_catalogue& types, std::string& out) {
        return detail::explain_fields<Fields...>(type, bytes, types, name, out);
    }
};

} // namespace pgcoro
