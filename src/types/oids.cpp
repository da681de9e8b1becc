// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/oids.hpp>
#include <pgcoro/types/identifiers.hpp>

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
    {oids::regproc, oids::regproc_array, "regproc"},
    {oids::tid, oids::tid_array, "tid"},
    {oids::xid, oids::xid_array, "xid"},
    {oids::cid, oids::cid_array, "cid"},
    {oids::point, oids::point_array, "point"},
    {oids::lseg, oids::lseg_array, "lseg"},
    {oids::path, oids::path_array, "path"},
    {oids::box, oids::box_array, "box"},
    {oids::polygon, oids::polygon_array, "polygon"},
    {oids::line, oids::line_array, "line"},
    {oids::cidr, oids::cidr_array, "cidr"},
    {oids::circle, oids::circle_array, "circle"},
    {oids::macaddr8, oids::macaddr8_array, "macaddr8"},
    {oids::money, oids::money_array, "money"},
    {oids::macaddr, oids::macaddr_array, "macaddr"},
    {oids::inet, oids::inet_array, "inet"},
    {oids::time, oids::time_array, "time"},
    {oids::interval, oids::interval_array, "interval"},
    {oids::timetz, oids::timetz_array, "timetz"},
    {oids::bit, oids::bit_array, "bit"},
    {oids::varbit, oids::varbit_array, "varbit"},
    {oids::numeric, oids::numeric_array, "numeric"},
    {oids::regprocedure, oids::regprocedure_array, "regprocedure"},
    {oids::regoper, oids::regoper_array, "regoper"},
    {oids::regoperator, oids::regoperator_array, "regoperator"},
    {oids::regclass, oids::regclass_array, "regclass"},
    {oids::regtype, oids::regtype_array, "regtype"},
    {oids::pg_lsn, oids::pg_lsn_array, "pg_lsn"},
    {oids::tsvector, oids::tsvector_array, "tsvector"},
    {oids::tsquery, oids::tsquery_array, "tsquery"},
    {oids::regconfig, oids::regconfig_array, "regconfig"},
    {oids::regdictionary, oids::regdictionary_array, "regdictionary"},
    {oids::jsonpath, oids::jsonpath_array, "jsonpath"},
    {oids::regnamespace, oids::regnamespace_array, "regnamespace"},
    {oids::regrole, oids::regrole_array, "regrole"},
    {oids::regcollation, oids::regcollation_array, "regcollation"},
    {oids::xid8, oids::xid8_array, "xid8"},
    {oids::oid8, oids::oid8_array, "oid8"},
    {oids::regdatabase, oids::regdatabase_array, "regdatabase"},
    {oids::int2vector, oids::int2vector_array, "int2vector"},
    {oids::oidvector, oids::oidvector_array, "oidvector"},
    {oids::pg_node_tree, 0, "pg_node_tree"},
    {oids::refcursor, oids::refcursor_array, "refcursor"},
    {oids::cstring, oids::cstring_array, "cstring"},
    {oids::void_, 0, "void"},
    {oids::anyarray, 0, "anyarray"},
    {oids::aclitem, oids::aclitem_array, "aclitem"},
    {oids::gtsvector, oids::gtsvector_array, "gtsvector"},
    {oids::pg_snapshot, oids::pg_snapshot_array, "pg_snapshot"},
    {oids::txid_snapshot, oids::txid_snapshot_array, "txid_snapshot"},
    {oids::pg_ndistinct, 0, "pg_ndistinct"},
    {oids::pg_dependencies, 0, "pg_dependencies"},
    {oids::pg_mcv_list, 0, "pg_mcv_list"},
    // Known by name only, for messages.
    {oids::record, oids::record_array, "record"},
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

constexpr decltype(detail::built_in_bits) detail::built_in_bits = [] {
    std::array<std::uint64_t, built_in_limit / 64> bits{};
    for (const auto& t : built_ins) {
        bits[t.type / 64] |= std::uint64_t{1} << (t.type % 64);
        bits[t.array / 64] |= std::uint64_t{1} << (t.array % 64);
    }
    bits[0] &= ~std::uint64_t{1}; // of types without an array
    return bits;
}();

constexpr decltype(detail::plain_bits) detail::plain_bits = [] {
    auto bits = built_in_bits;
    const auto clear = [&](oid_number type) { bits[type / 64] &= ~(std::uint64_t{1} << (type % 64)); };
    for (const auto& t : built_ins) {
        if (stands_for_name(t.type) || t.type == oids::record) {
            clear(t.type);
            clear(t.array);
        }
    }
    clear(oids::anyarray);
    return bits;
}();

const std::vector<oid_number>& detail::built_in_oids() {
    static const auto all = [] {
        std::vector<oid_number> found;
        for (oid_number type = 0; type < built_in_limit; ++type) {
            if (is_built_in(type)) {
                found.push_back(type);
            }
        }
        return found;
    }();
    return all;
}

oid_number array_element(oid_number array) noexcept {
    // Two types of the system catalogues are arrays but in name and in print.
    if (array == oids::int2vector || array == oids::oidvector) {
        return array == oids::int2vector ? oids::int2 : oids::oid;
    }
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
