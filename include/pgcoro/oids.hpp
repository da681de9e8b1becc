// SPDX-License-Identifier: BSL-1.0
// The object identifiers of PostgreSQL's built-in types, which never change, and their names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pgcoro {

/// The number PostgreSQL assigns to a type (or a table, ...). User-defined types have different numbers in each database.
using oid_number = std::uint32_t;

namespace oids {

/// Lets the server infer the type.
inline constexpr oid_number unspecified = 0;

inline constexpr oid_number bool_ = 16;
inline constexpr oid_number bytea = 17;
inline constexpr oid_number char_ = 18;
inline constexpr oid_number name = 19;
inline constexpr oid_number int8 = 20;
inline constexpr oid_number int2 = 21;
inline constexpr oid_number int2vector = 22;
inline constexpr oid_number int4 = 23;
inline constexpr oid_number regproc = 24;
inline constexpr oid_number text = 25;
inline constexpr oid_number oid = 26;
inline constexpr oid_number tid = 27;
inline constexpr oid_number xid = 28;
inline constexpr oid_number cid = 29;
inline constexpr oid_number oidvector = 30;
inline constexpr oid_number json = 114;
inline constexpr oid_number xml = 142;
inline constexpr oid_number pg_node_tree = 194;
inline constexpr oid_number point = 600;
inline constexpr oid_number lseg = 601;
inline constexpr oid_number path = 602;
inline constexpr oid_number box = 603;
inline constexpr oid_number polygon = 604;
inline constexpr oid_number line = 628;
inline constexpr oid_number cidr = 650;
inline constexpr oid_number float4 = 700;
inline constexpr oid_number float8 = 701;
inline constexpr oid_number unknown = 705;
inline constexpr oid_number circle = 718;
inline constexpr oid_number macaddr8 = 774;
inline constexpr oid_number money = 790;
inline constexpr oid_number macaddr = 829;
inline constexpr oid_number inet = 869;
inline constexpr oid_number aclitem = 1033;
inline constexpr oid_number bpchar = 1042;
inline constexpr oid_number varchar = 1043;
inline constexpr oid_number date = 1082;
inline constexpr oid_number time = 1083;
inline constexpr oid_number timestamp = 1114;
inline constexpr oid_number timestamptz = 1184;
inline constexpr oid_number interval = 1186;
inline constexpr oid_number timetz = 1266;
inline constexpr oid_number bit = 1560;
inline constexpr oid_number varbit = 1562;
inline constexpr oid_number numeric = 1700;
inline constexpr oid_number refcursor = 1790;
inline constexpr oid_number regprocedure = 2202;
inline constexpr oid_number regoper = 2203;
inline constexpr oid_number regoperator = 2204;
inline constexpr oid_number regclass = 2205;
inline constexpr oid_number regtype = 2206;
inline constexpr oid_number record = 2249;
inline constexpr oid_number cstring = 2275;
inline constexpr oid_number anyarray = 2277;
inline constexpr oid_number void_ = 2278;
inline constexpr oid_number uuid = 2950;
inline constexpr oid_number txid_snapshot = 2970;
inline constexpr oid_number pg_lsn = 3220;
inline constexpr oid_number tsvector = 3614;
inline constexpr oid_number tsquery = 3615;
inline constexpr oid_number pg_ndistinct = 3361;
inline constexpr oid_number pg_dependencies = 3402;
inline constexpr oid_number gtsvector = 3642;
inline constexpr oid_number regconfig = 3734;
inline constexpr oid_number regdictionary = 3769;
inline constexpr oid_number jsonb = 3802;
inline constexpr oid_number jsonpath = 4072;
inline constexpr oid_number regnamespace = 4089;
inline constexpr oid_number regrole = 4096;
inline constexpr oid_number regcollation = 4191;
inline constexpr oid_number pg_mcv_list = 5017;
inline constexpr oid_number pg_snapshot = 5038;
inline constexpr oid_number xid8 = 5069;
inline constexpr oid_number oid8 = 6437;
inline constexpr oid_number regdatabase = 6490;

inline constexpr oid_number xml_array = 143;
inline constexpr oid_number json_array = 199;
inline constexpr oid_number xid8_array = 271;
inline constexpr oid_number line_array = 629;
inline constexpr oid_number cidr_array = 651;
inline constexpr oid_number circle_array = 719;
inline constexpr oid_number macaddr8_array = 775;
inline constexpr oid_number money_array = 791;
inline constexpr oid_number bool_array = 1000;
inline constexpr oid_number bytea_array = 1001;
inline constexpr oid_number char_array = 1002;
inline constexpr oid_number name_array = 1003;
inline constexpr oid_number int2_array = 1005;
inline constexpr oid_number int2vector_array = 1006;
inline constexpr oid_number int4_array = 1007;
inline constexpr oid_number regproc_array = 1008;
inline constexpr oid_number text_array = 1009;
inline constexpr oid_number tid_array = 1010;
inline constexpr oid_number xid_array = 1011;
inline constexpr oid_number cid_array = 1012;
inline constexpr oid_number oidvector_array = 1013;
inline constexpr oid_number bpchar_array = 1014;
inline constexpr oid_number varchar_array = 1015;
inline constexpr oid_number int8_array = 1016;
inline constexpr oid_number point_array = 1017;
inline constexpr oid_number lseg_array = 1018;
inline constexpr oid_number path_array = 1019;
inline constexpr oid_number box_array = 1020;
inline constexpr oid_number float4_array = 1021;
inline constexpr oid_number float8_array = 1022;
inline constexpr oid_number polygon_array = 1027;
inline constexpr oid_number oid_array = 1028;
inline constexpr oid_number aclitem_array = 1034;
inline constexpr oid_number macaddr_array = 1040;
inline constexpr oid_number inet_array = 1041;
inline constexpr oid_number timestamp_array = 1115;
inline constexpr oid_number date_array = 1182;
inline constexpr oid_number time_array = 1183;
inline constexpr oid_number timestamptz_array = 1185;
inline constexpr oid_number interval_array = 1187;
inline constexpr oid_number numeric_array = 1231;
inline constexpr oid_number cstring_array = 1263;
inline constexpr oid_number timetz_array = 1270;
inline constexpr oid_number bit_array = 1561;
inline constexpr oid_number varbit_array = 1563;
inline constexpr oid_number refcursor_array = 2201;
inline constexpr oid_number regprocedure_array = 2207;
inline constexpr oid_number regoper_array = 2208;
inline constexpr oid_number regoperator_array = 2209;
inline constexpr oid_number regclass_array = 2210;
inline constexpr oid_number regtype_array = 2211;
inline constexpr oid_number record_array = 2287;
inline constexpr oid_number txid_snapshot_array = 2949;
inline constexpr oid_number uuid_array = 2951;
inline constexpr oid_number pg_lsn_array = 3221;
inline constexpr oid_number tsvector_array = 3643;
inline constexpr oid_number tsquery_array = 3645;
inline constexpr oid_number gtsvector_array = 3644;
inline constexpr oid_number regconfig_array = 3735;
inline constexpr oid_number regdictionary_array = 3770;
inline constexpr oid_number jsonb_array = 3807;
inline constexpr oid_number jsonpath_array = 4073;
inline constexpr oid_number regnamespace_array = 4090;
inline constexpr oid_number regrole_array = 4097;
inline constexpr oid_number regcollation_array = 4192;
inline constexpr oid_number pg_snapshot_array = 5039;
inline constexpr oid_number oid8_array = 6442;
inline constexpr oid_number regdatabase_array = 6491;

} // namespace oids

/// The element type of a built-in array type, or `oids::unspecified` for any other type.
oid_number array_element(oid_number array) noexcept;

/// Whether the server can only print the values of a built-in type, not send them in binary.
constexpr bool has_no_binary(oid_number type) noexcept { return type == oids::aclitem || type == oids::gtsvector; }

/// The name of a built-in type as in PostgreSQL's catalogue ("int8", "timestamptz", "text[]"); "type 16403" for other types.
std::string type_name(oid_number type);

} // namespace pgcoro
