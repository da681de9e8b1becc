// SPDX-License-Identifier: BSL-1.0
// text, varchar, char(n), name, "char", json, xml, citext, enums, and types without a binary format, as std::string;
// std::string_view and C strings as parameters.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <string>
#include <string_view>

namespace pgcoro {
namespace detail {

/// Whether the binary format of a user-defined type is its text.
bool is_users_text(oid_number type, const type_catalogue& types) noexcept;

/// Whether the server sends the type's values as text only.
bool is_only_text(oid_number type, const type_catalogue& types) noexcept;

/// The text in a jsonb, which follows a version number, or in a "char", where NUL means an empty text.
value_bytes text_inside(oid_number column, value_bytes bytes, errc& failure) noexcept;

} // namespace detail

/// A parameter is sent in the text format without a type, so that the server reads it as the type the statement needs: text, a
/// date, an enum, a number. A NUL character inside is `errc::invalid_text`.
template <>
struct pg_type<std::string_view> {
    using text_format = void;
    static constexpr std::string_view name = "std::string_view";
    static constexpr oid_number oid = oids::text;
    static constexpr oid_number array_oid = oids::text_array;

    static void encode(std::string_view value, value_writer& out) { out.put_text(value); }
};

template <>
struct pg_type<std::string> {
    using text_format = void;
    static constexpr std::string_view name = "std::string";
    static constexpr oid_number oid = oids::text;
    static constexpr oid_number array_oid = oids::text_array;

    static void encode(const std::string& value, value_writer& out) { out.put_text(value); }

    static constexpr bool accepts(oid_number column) noexcept {
        switch (column) {
        case oids::text:
        case oids::varchar:
        case oids::bpchar:
        case oids::name:
        case oids::char_:
        case oids::unknown:
        case oids::json:
        case oids::jsonb:
        case oids::xml:
        case oids::pg_node_tree:
        case oids::refcursor:
        case oids::cstring:
        case oids::void_: return true;
        default: return false;
        }
    }

    /// Also enums, citext and similar types, and types without a binary format.
    static bool accepts(oid_number column, const detail::type_catalogue& types) noexcept {
        return accepts(column) || detail::is_users_text(column, types) || detail::is_only_text(column, types);
    }

    static errc decode(oid_number column, value_bytes bytes, std::string& out) {
        errc failure{};
        bytes = content(column, bytes, failure);
        out.clear(); // assign would look whether the bytes are its own
        out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return failure;
    }

    static std::string make(oid_number column, value_bytes bytes, errc& failure) {
        bytes = content(column, bytes, failure);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

private:
    static value_bytes content(oid_number column, value_bytes bytes, errc& failure) {
        if (column == oids::jsonb || column == oids::char_) [[unlikely]] {
            return detail::text_inside(column, bytes, failure);
        }
        return bytes;
    }
};

} // namespace pgcoro
