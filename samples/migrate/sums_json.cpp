// SPDX-License-Identifier: BSL-1.0
#include "sums_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_to.hpp>

namespace migrate {
namespace {

namespace json = boost::json;

column_sums column_from_json(const json::object& o) {
    column_sums s;
    s.values = o.at("values").to_number<std::uint64_t>();
    s.checksum = json::value_to<std::string>(o.at("checksum"));
    s.sum = json::value_to<std::string>(o.at("sum"));
    return s;
}

sample_row row_from_json(const json::array& values) {
    sample_row row;
    for (const json::value& v : values) {
        row.push_back(v.is_null() ? std::nullopt : std::optional(json::value_to<std::string>(v)));
    }
    return row;
}

} // namespace

json::object to_json(const column_sums& s) { return {{"values", s.values}, {"checksum", s.checksum}, {"sum", s.sum}}; }

json::object to_json(const table_sums& s) {
    json::array columns;
    for (const column_sums& c : s.columns) {
        columns.push_back(to_json(c));
    }
    json::array sample;
    for (const sample_row& row : s.sample) {
        json::array values;
        for (const auto& v : row) {
            values.push_back(v ? json::value(*v) : json::value(nullptr));
        }
        sample.push_back(std::move(values));
    }
    return {{"rows", s.rows}, {"columns", std::move(columns)}, {"row_checksum", s.row_checksum}, {"sample", std::move(sample)}};
}

std::optional<table_sums> sums_from_json(const json::value& v) try {
    const json::object& o = v.as_object();
    table_sums s;
    s.rows = o.at("rows").to_number<std::uint64_t>();
    for (const json::value& c : o.at("columns").as_array()) {
        s.columns.push_back(column_from_json(c.as_object()));
    }
    s.row_checksum = json::value_to<std::string>(o.at("row_checksum"));
    for (const json::value& row : o.at("sample").as_array()) {
        s.sample.push_back(row_from_json(row.as_array()));
    }
    return s;
} catch (const std::exception&) {
    return std::nullopt; // a member is missing, or is something else
}

json::array to_json(const std::vector<replaced_values>& values) {
    json::array all;
    for (const replaced_values& r : values) {
        all.push_back(json::object{{"column", r.column}, {"count", r.count}, {"first", r.first}});
    }
    return all;
}

std::vector<replaced_values> replaced_from_json(const json::value& v) try {
    std::vector<replaced_values> all;
    for (const json::value& one : v.as_array()) {
        const json::object& o = one.as_object();
        all.push_back({json::value_to<std::string>(o.at("column")), o.at("count").to_number<std::uint64_t>(),
                       json::value_to<std::string>(o.at("first"))});
    }
    return all;
} catch (const std::exception&) {
    return {};
}

} // namespace migrate
