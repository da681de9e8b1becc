// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/oids.hpp>

namespace pgcoro {
namespace {

struct built_in {
    oid_number type;
    oid_number array;
    std::string_view name;
};

// The columns oid, typarray and typname of pg_type, for the types a result is likely to have.
constexpr built_in built_ins[] = {
    {oids::bool_, oids::bool_array, "bool"},
    {oids::bytea, oids::bytea_array, "bytea"},
    {oids::char_, oids::char_array, "\"char\""},
    {oids::name, oids::name_array, "name"},
    {oids::int8, oids::int8_array, "int8"},
    {oids::int2, oids::int2_array, "int2"},
    {oids::int4, oids::int4_array, "int4"},
    {oids::text, oids::text_array, "text"},
    {oids::oid, oids::oid_array, "oid"},
    {oids::json, oids::json_array, "json"},
    {oids::xml, oids::xml_array, "xml"},
    {oids::float4, oids::float4_array, "float4"},
    {oids::float8, oids::float8_array, "float8"},
    {oids::unknown, 0, "unknown"},
    {oids::bpchar, oids::bpchar_array, "bpchar"},
    {oids::varchar, oids::varchar_array, "varchar"},
    {oids::date, oids::date_array, "date"},
    {oids::timestamp, oids::timestamp_array, "timestamp"},
    {oids::timestamptz, oids::timestamptz_array, "timestamptz"},
    {oids::uuid, oids::uuid_array, "uuid"},
    {oids::jsonb, oids::jsonb_array, "jsonb"},
    // Known by name only, for messages.
    {24, 1008, "regproc"},
    {27, 1010, "tid"},
    {28, 1011, "xid"},
    {600, 1017, "point"},
    {650, 651, "cidr"},
    {790, 791, "money"},
    {829, 1040, "macaddr"},
    {869, 1041, "inet"},
    {1083, 1183, "time"},
    {1186, 1187, "interval"},
    {1266, 1270, "timetz"},
    {1560, 1561, "bit"},
    {1562, 1563, "varbit"},
    {1700, 1231, "numeric"},
    {2205, 2210, "regclass"},
    {2206, 2211, "regtype"},
    {2249, 2287, "record"},
    {2278, 0, "void"},
    {3220, 3221, "pg_lsn"},
    {3614, 3643, "tsvector"},
    {3615, 3645, "tsquery"},
    {3904, 3905, "int4range"},
    {3906, 3907, "numrange"},
    {3908, 3909, "tsrange"},
    {3910, 3911, "tstzrange"},
    {3912, 3913, "daterange"},
    {3926, 3927, "int8range"},
    {4451, 6150, "int4multirange"},
    {4532, 6151, "nummultirange"},
    {4533, 6152, "tsmultirange"},
    {4534, 6153, "tstzmultirange"},
    {4535, 6155, "datemultirange"},
    {4536, 6157, "int8multirange"},
};

} // namespace

oid_number array_element(oid_number array) noexcept {
    for (const auto& t : built_ins) {
        if (t.array == array && array != oids::unspecified) {
            return t.type;
        }
    }
    return oids::unspecified;
}

std::string type_name(oid_number type) {
    for (const auto& t : built_ins) {
        if (t.type == type) {
            return std::string(t.name);
        }
    }
    const auto element = array_element(type);
    return element ? type_name(element) + "[]" : "type " + std::to_string(type);
}

} // namespace pgcoro
