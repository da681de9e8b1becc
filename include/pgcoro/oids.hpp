// SPDX-License-Identifier: BSL-1.0
// The object identifiers of PostgreSQL's built-in types, which never change, and their names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pgcoro {

/// The number PostgreSQL gives to a type (or a table, ...). Types made by users have other ones in each database.
using oid_number = std::uint32_t;

namespace oids {

/// Let the server find out.
inline constexpr oid_number unspecified = 0;

inline constexpr oid_number bool_ = 16;
inline constexpr oid_number bytea = 17;
inline constexpr oid_number char_ = 18;
inline constexpr oid_number name = 19;
inline constexpr oid_number int8 = 20;
inline constexpr oid_number int2 = 21;
inline constexpr oid_number int4 = 23;
inline constexpr oid_number text = 25;
inline constexpr oid_number oid = 26;
inline constexpr oid_number json = 114;
inline constexpr oid_number xml = 142;
inline constexpr oid_number float4 = 700;
inline constexpr oid_number float8 = 701;
inline constexpr oid_number unknown = 705;
inline constexpr oid_number bpchar = 1042;
inline constexpr oid_number varchar = 1043;
inline constexpr oid_number date = 1082;
inline constexpr oid_number timestamp = 1114;
inline constexpr oid_number timestamptz = 1184;
inline constexpr oid_number uuid = 2950;
inline constexpr oid_number record = 2249;
inline constexpr oid_number record = 2249;
inline constexpr oid_number jsonb = 3802;

inline constexpr oid_number xml_array = 143;
inline constexpr oid_number json_array = 199;
inline constexpr oid_number bool_array = 1000;
inline constexpr oid_number bytea_array = 1001;
inline constexpr oid_number char_array = 1002;
inline constexpr oid_number name_array = 1003;
inline constexpr oid_number int2_array = 1005;
inline constexpr oid_number int4_array = 1007;
inline constexpr oid_number text_array = 1009;
inline constexpr oid_number bpchar_array = 1014;
inline constexpr oid_number varchar_array = 1015;
inline constexpr oid_number int8_array = 1016;
inline constexpr oid_number float4_array = 1021;
inline constexpr oid_number float8_array = 1022;
inline constexpr oid_number oid_array = 1028;
inline constexpr oid_number timestamp_array = 1115;
inline constexpr oid_number date_array = 1182;
inline constexpr oid_number timestamptz_array = 1185;
inline constexpr oid_number record_array = 2287;
inline constexpr oid_number record_array = 2287;
inline constexpr oid_number uuid_array = 2951;
inline constexpr oid_number jsonb_array = 3807;

} // namespace oids

/// The element type of a built-in array type, or `oids::unspecified` if it is none we know.
oid_number array_element(oid_number array) noexcept;

/// The name of a built-in type as PostgreSQL's catalogue has it ("int8", "timestamptz", "text[]"); "type 16403" for others.
std::string type_name(oid_number type);

} // namespace pgcoro
