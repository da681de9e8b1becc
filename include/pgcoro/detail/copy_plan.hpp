// SPDX-License-Identifier: BSL-1.0
// How the values of C++ types are written into a table's columns by a binary COPY, where the server converts nothing: decided
// once for each column, before the first row.
#pragma once

#include <pgcoro/detail/byte_buffer.hpp>
#include <pgcoro/detail/encode_rows.hpp>
#include <pgcoro/detail/result_view.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/error.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace pgcoro::detail {

/// A member of a row type, as it is compared with a column.
struct copy_requirement {
    /// The C++ type's name.
    std::string_view name;
    /// The type whose binary format its values have when they are sent as parameters.
    type_reference sent_as{};
    /// They are text, which the server would have read as any type.
    bool is_text = false;
    /// They are NULL, or each decides for itself, and `alternatives` are what it may be.
    bool is_open = false;
    std::span<const copy_requirement> alternatives{};
};

template <class T>
struct copy_requirement_of;

template <class T>
constexpr copy_requirement copy_requirement_for() noexcept {
    return copy_requirement_of<without_optional_t<T>>::value;
}

template <class T>
struct copy_requirement_of {
    static_assert(
        encodable<T>,
        "pgcoro: this type cannot be sent to a column: include its header, <pgcoro/types/...> or <pgcoro/types.hpp>, or "
        "specialise pg_type<...> for it");
    static constexpr copy_requirement value{pg_type<T>::name, reference_to<T>(), text_type<T>};
};
template <c_string T>
struct copy_requirement_of<T> {
    static constexpr copy_requirement value{"a C string", {}, true};
};
template <untyped_null T>
struct copy_requirement_of<T> {
    static constexpr copy_requirement value{"NULL", {}, false, true};
};
template <value_of_choice T>
struct copy_requirement_of<T> {
    static constexpr copy_requirement value{"NULL", {}, false, true}; // std::monostate
};
template <template <class...> class Choice, class... Alternatives>
    requires value_of_choice<Choice<Alternatives...>>
struct copy_requirement_of<Choice<Alternatives...>> {
    static constexpr copy_requirement alternatives[] = {copy_requirement_for<Alternatives>()...};
    static constexpr copy_requirement value{"std::variant", {}, false, true, alternatives};
};

/// What a row type has for the columns, in order.
template <class... Members>
struct copy_requirements {
    static constexpr copy_requirement all[sizeof...(Members)] = {copy_requirement_for<Members>()...};
};

/// Those of a row type; none of `parameters`, whose values are looked at one by one.
template <class Row>
struct copied_row {
    using requirements = copy_requirements<Row>;
};
template <class... Members>
struct copied_row<std::tuple<Members...>> {
    using requirements = copy_requirements<Members...>;
};
template <class A, class B>
struct copied_row<std::pair<A, B>> {
    using requirements = copy_requirements<A, B>;
};
template <sent_struct Row>
    requires(!std::is_same_v<Row, parameters>)
struct copied_row<Row> {
    template <class Indices>
    struct members;
    template <std::size_t... I>
    struct members<std::index_sequence<I...>> {
        using type = copy_requirements<boost::pfr::tuple_element_t<I, Row>...>;
    };
    using requirements = typename members<std::make_index_sequence<boost::pfr::tuple_size_v<Row>>>::type;
};

/// What becomes of the bytes of a value that was encoded as one type, for a column of another one.
enum class copy_conversion : unsigned char {
    refused,
    none,
    integer_to_integer,
    integer_to_float4,
    integer_to_float8,
    integer_to_numeric,
    float4_to_float8,
    text_to_jsonb,
    jsonb_to_json,
    /// The same for the elements, and their type is named anew.
    array,
};

struct copy_column {
    /// As which its values are encoded, and of which type the column is.
    oid_number from = oids::unspecified;
    oid_number to = oids::unspecified;
    copy_conversion conversion = copy_conversion::refused;
};

/// Only what can lose nothing is converted. `to` is not a domain: columns of one come as what it is made of.
copy_column plan_copy(oid_number from, oid_number to, const type_catalogue& types) noexcept;
copy_column plan_copy(const copy_requirement& requirement, oid_number to, const type_catalogue& types) noexcept;

/// Compares the columns with the requirements. `errc::column_count_mismatch`, or `errc::type_mismatch` with the column's name.
/// Fills in `out`, which is as long as `requirements`.
error plan_copy(result_view columns, std::span<const copy_requirement> requirements, copy_column* out);

/// Converts the value that the buffer ends with, from `start` on; false if it is not what a value of type `column.from` is.
/// `scratch` is for the elements of arrays.
bool convert_copied(const copy_column& column, const type_catalogue& types, std::size_t start, byte_buffer& bytes,
                    byte_buffer& scratch);

} // namespace pgcoro::detail
