// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/text_form.hpp>

#include "types/text_parts.hpp"

#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/types.hpp>
#include <pgcoro/types/network.hpp>

#include <cstddef>

namespace pgcoro::detail {
namespace {

std::string_view characters(value_bytes bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void append_hex(value_bytes bytes, std::string& out) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const std::byte byte : bytes) {
        out.push_back(digits[std::to_integer<unsigned>(byte) >> 4]);
        out.push_back(digits[std::to_integer<unsigned>(byte) & 15]);
    }
}

/// Reads a T and appends what `print` makes of it.
template <class T, class Print>
errc append_as(oid_number type, value_bytes bytes, std::string& out, Print print) {
    T value{};
    const errc failure = pg_type<T>::decode(type, bytes, value);
    if (failure == errc{}) {
        out += print(value);
    }
    return failure;
}

template <class T>
errc append_to_string(oid_number type, value_bytes bytes, std::string& out) {
    return append_as<T>(type, bytes, out, [](const T& value) { return to_string(value); });
}

template <class T>
errc append_value_member(oid_number type, value_bytes bytes, std::string& out) {
    return append_as<T>(type, bytes, out, [](const T& value) { return std::to_string(value.value); });
}

template <class T>
errc append_float(oid_number type, value_bytes bytes, std::string& out) {
    T value{};
    const errc failure = pg_type<T>::decode(type, bytes, value);
    if (failure == errc{}) {
        append_number(value, out);
    }
    return failure;
}

errc append_uuid(value_bytes bytes, std::string& out) {
    if (bytes.size() != 16) {
        return errc::malformed_value;
    }
    constexpr std::size_t sizes[] = {4, 2, 2, 2, 6};
    for (const std::size_t size : sizes) {
        out.append(bytes.size() == 16 ? "" : "-");
        append_hex(bytes.first(size), out);
        bytes = bytes.subspan(size);
    }
    return {};
}

/// PostgreSQL 19 pads the second half with zeros.
errc append_lsn(value_bytes bytes, int server_version, std::string& out) {
    return append_as<lsn>(oids::pg_lsn, bytes, out, [&](lsn value) {
        auto text = to_string(value);
        if (server_version >= 190000) {
            const auto half = text.find('/') + 1;
            text.insert(half, 8 - (text.size() - half), '0');
        }
        return text;
    });
}

/// oid, and regclass and its like by name. As the server, none is 0 among operators and "-" elsewhere.
errc append_object(oid_number type, value_bytes bytes, const type_catalogue& types, std::string& out) {
    object_id value{};
    const errc failure = pg_type<object_id>::decode(type, bytes, value);
    if (failure != errc{}) {
        return failure;
    }
    const bool prints_zero = type == oids::oid || type == oids::regoper || type == oids::regoperator;
    if (const std::string* const name = types.name_of({type, value.value})) {
        out += *name;
    } else if (value.value == 0 && !prints_zero) {
        out.push_back('-');
    } else {
        out += std::to_string(value.value);
    }
    return {};
}

/// "char": a byte that is not ASCII is shown in octal digits, and NUL not at all.
errc append_char(value_bytes bytes, std::string& out) {
    if (bytes.size() != 1) {
        return errc::malformed_value;
    }
    const auto byte = std::to_integer<unsigned>(bytes[0]);
    if (byte >= 0x80) {
        out.push_back('\\');
        for (const unsigned shift : {6U, 3U, 0U}) {
            out.push_back(static_cast<char>('0' + (byte >> shift & 7U)));
        }
    } else if (byte != 0) {
        out.push_back(static_cast<char>(byte));
    }
    return {};
}

/// jsonb and jsonpath: text behind a version number.
errc append_versioned(value_bytes bytes, std::string& out) {
    if (bytes.empty() || bytes[0] != std::byte{1}) {
        return errc::malformed_value;
    }
    out.append(characters(bytes.subspan(1)));
    return {};
}

errc append_unknown(oid_number type, value_bytes bytes, const text_scope& scope, std::string& out) {
    if (scope.refuses_unknown) {
        return errc::unknown_type;
    }
    out.append("<").append(scope.types.describe(type)).append(" ");
    append_hex(bytes, out);
    out.push_back('>');
    return {};
}

/// Arrays, composites, ranges, enums, and what nothing is known of.
errc append_other(oid_number type, value_bytes bytes, const text_scope& scope, std::string& out) {
    const auto& types = scope.types;
    if (type == oids::int2vector || type == oids::oidvector) {
        return append_vector(bytes, scope, out);
    }
    if (type == oids::anyarray || types.element(type) != oids::unspecified) {
        return append_array(bytes, scope, out);
    }
    if (is_users_text(type, types) || is_only_text(type, types)) {
        out.append(characters(bytes));
        return {};
    }
    const auto* const known = types.find(type);
    if (type == oids::record || (known && known->kind == 'c')) {
        return append_composite(bytes, scope, out);
    }
    if (known && known->kind == 'd') {
        return append_inner(types.base(type), bytes, scope, out);
    }
    if (const oid_number subtype = types.subtype(type); subtype != oids::unspecified) {
        // A user's range may be one of ranges.
        const bool is_multirange = known ? known->kind == 'm' : types.subtype(subtype) != oids::unspecified;
        return is_multirange ? append_multirange(subtype, bytes, scope, out) : append_range(subtype, bytes, scope, out);
    }
    return known && known->name == "ltree" ? append_versioned(bytes, out) : append_unknown(type, bytes, scope, out);
}

} // namespace

errc append_inner(oid_number type, value_bytes bytes, const text_scope& scope, std::string& out) {
    if (scope.depth == 0) {
        return errc::value_out_of_range;
    }
    if (is_object_id(type)) {
        return append_object(type, bytes, scope.types, out);
    }
    switch (type) {
    case oids::bool_: return append_as<bool>(type, bytes, out, [](bool value) { return value ? "t" : "f"; });
    case oids::int2:
    case oids::int4:
    case oids::int8: return append_as<std::int64_t>(type, bytes, out, [](auto value) { return std::to_string(value); });
    case oids::float4: return append_float<float>(type, bytes, out);
    case oids::float8: return append_float<double>(type, bytes, out);
    case oids::numeric: return append_to_string<numeric>(type, bytes, out);
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::name:
    case oids::unknown:
    case oids::json:
    case oids::xml:
    case oids::pg_node_tree:
    case oids::refcursor:
    case oids::cstring:
    case oids::void_: out.append(characters(bytes)); return {};
    case oids::char_: return append_char(bytes, out);
    case oids::jsonb:
    case oids::jsonpath: return append_versioned(bytes, out);
    case oids::pg_mcv_list: // which the server prints as its bytes, too
    case oids::bytea:
        out.append("\\x");
        append_hex(bytes, out);
        return {};
    case oids::uuid: return append_uuid(bytes, out);
    case oids::date: return append_date(bytes, out);
    case oids::timestamp: return append_timestamp(bytes, ' ', "", out);
    case oids::timestamptz: return append_timestamp(bytes, ' ', "+00", out);
    case oids::time: return append_to_string<time_of_day>(type, bytes, out);
    case oids::timetz: return append_to_string<time_with_offset>(type, bytes, out);
    case oids::interval: return append_interval(bytes, out);
    case oids::bit:
    case oids::varbit: return append_to_string<bit_string>(type, bytes, out);
    case oids::inet: return append_to_string<inet>(type, bytes, out);
    case oids::cidr: return append_to_string<cidr>(type, bytes, out);
    case oids::macaddr: return append_to_string<macaddr>(type, bytes, out);
    case oids::macaddr8: return append_to_string<macaddr8>(type, bytes, out);
    case oids::tid: return append_to_string<tid>(type, bytes, out);
    case oids::pg_lsn: return append_lsn(bytes, scope.types.server_version(), out);
    case oids::xid: return append_value_member<xid>(type, bytes, out);
    case oids::cid: return append_value_member<cid>(type, bytes, out);
    case oids::xid8: return append_value_member<xid8>(type, bytes, out);
    case oids::oid8: return append_value_member<object_id8>(type, bytes, out);
    case oids::pg_snapshot:
    case oids::txid_snapshot: return append_snapshot(bytes, out);
    case oids::pg_ndistinct: return append_ndistinct(bytes, scope.types.server_version(), out);
    case oids::pg_dependencies: return append_dependencies(bytes, scope.types.server_version(), out);
    case oids::tsvector: return append_to_string<tsvector>(type, bytes, out);
    case oids::tsquery: return append_to_string<tsquery>(type, bytes, out);
    case oids::point:
    case oids::line:
    case oids::lseg:
    case oids::box:
    case oids::path:
    case oids::polygon:
    case oids::circle: return append_geometry(type, bytes, out);
    default: return append_other(type, bytes, {scope.types, scope.depth - 1, scope.most, scope.refuses_unknown}, out);
    }
}

errc append_text(oid_number type, value_bytes bytes, const type_catalogue& types, text_style style, std::string& out,
                 std::size_t most) {
    if (style != text_style::server && type == oids::timestamp) {
        return append_timestamp(bytes, 'T', "", out);
    }
    if (style != text_style::server && type == oids::timestamptz) {
        return append_timestamp(bytes, 'T', "+00:00", out);
    }
    return append_inner(type, bytes, {types, most_nested, most, style == text_style::known_json}, out);
}

} // namespace pgcoro::detail
