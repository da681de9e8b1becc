// SPDX-License-Identifier: BSL-1.0
#include "json_lines.hpp"

#include <pgcoro/changed_row_to_json.hpp>
#include <pgcoro/types.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/src.hpp>

#include <utility>

namespace change_feed {
namespace {

namespace json = boost::json;
namespace replication = pgcoro::replication;

std::string name_of(const replication::table& t) { return t.schema + "." + t.name; }

pgcoro::result<> add(json::object& line, const char* key, const pgcoro::changed_row& row) {
    if (row.size() != 0) {
        BOOST_OUTCOME_TRY(auto values, to_json(row));
        line.emplace(key, std::move(values));
    }
    return pgcoro::success();
}

pgcoro::result<> describe(const replication::insert& i, json::object& line) {
    line["table"] = name_of(*i.table);
    line["op"] = "insert";
    return add(line, "row", i.row);
}

pgcoro::result<> describe(const replication::update& u, json::object& line) {
    line["table"] = name_of(*u.table);
    line["op"] = "update";
    BOOST_OUTCOME_TRY(add(line, "old", u.old));
    return add(line, "row", u.row);
}

pgcoro::result<> describe(const replication::delete_& d, json::object& line) {
    line["table"] = name_of(*d.table);
    line["op"] = "delete";
    return add(line, "old", d.old);
}

pgcoro::result<> describe(const replication::truncate& t, json::object& line) {
    line["op"] = "truncate";
    auto& names = line["tables"].emplace_array();
    for (const auto& table : t.tables) {
        names.emplace_back(name_of(*table));
    }
    return pgcoro::success();
}

/// The others are no changes.
template <class Event>
pgcoro::result<> describe(const Event&, json::object&) {
    return pgcoro::success();
}

} // namespace

pgcoro::result<> json_lines::append(const replication::event& e, std::string& out) {
    if (const auto* b = std::get_if<replication::begin>(&e)) {
        transaction_ = *b;
    }
    json::object line{{"xid", transaction_.id.value}, {"commit", to_string(transaction_.commit)}};
    const auto columns = line.size();
    BOOST_OUTCOME_TRY(std::visit([&](const auto& event) { return describe(event, line); }, e));
    if (line.size() != columns) {
        out += json::serialize(line) + '\n';
    }
    return pgcoro::success();
}

} // namespace change_feed
