// SPDX-License-Identifier: BSL-1.0
#include "mariadb/select_query.hpp"

#include "mariadb/catalog_text.hpp"
#include "mariadb/collation.hpp"
#include "mariadb/declared_type.hpp"

namespace migrate::mariadb {
namespace {

bool has_character_set(type_family family) {
    return family == type_family::text || family == type_family::choice || family == type_family::choices ||
           family == type_family::json;
}

/// The character set that the server must convert from; empty: none.
std::string converted_from(const column& c) {
    const std::string set = character_set_of(c.collation);
    return has_character_set(family_of(c.type)) && !set.empty() && !is_stored_as_utf8(set) ? set : "";
}

std::string in_utf8(const std::string& value) { return "convert(" + value + " using utf8mb4)"; }

std::string value_of(const column& c) {
    const std::string name = quote_name(c.name);
    switch (family_of(c.type)) {
    case type_family::real: return "cast(" + name + " as double)"; // the text of a float has six digits only
    case type_family::geometry: return "st_asbinary(" + name + ")";
    default: return converted_from(c).empty() ? name : in_utf8(name);
    }
}

/// Whether converting it back gives the same bytes.
std::string completeness_of(const column& c, const std::string& set) {
    const std::string name = quote_name(c.name);
    return "cast(" + name + " as binary) = cast(convert(" + in_utf8(name) + " using " + set + ") as binary)";
}

} // namespace

select_query make_select(const table_plan& plan) {
    select_query q;
    std::string checks;
    std::size_t next = plan.columns.size();
    for (const column_plan& c : plan.columns) {
        q.sql += (q.sql.empty() ? "select " : ", ") + value_of(*c.from);
        const std::string set = converted_from(*c.from);
        q.is_complete.push_back(std::nullopt);
        if (!set.empty() && !converts_completely(set)) {
            checks += ", " + completeness_of(*c.from, set);
            q.is_complete.back() = next++;
        }
    }
    const object_name& name = plan.from->name;
    q.sql += (q.sql.empty() ? "select 1" : "") + checks + " from " + quote_name(name.schema) + "." + quote_name(name.name);
    return q;
}

} // namespace migrate::mariadb
