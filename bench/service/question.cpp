// SPDX-License-Identifier: BSL-1.0
#include "question.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace bench::service {
namespace {

namespace json = boost::json;

std::string path_of(endpoint e) { return e == endpoint::db ? "/db" : e == endpoint::queries ? "/queries" : "/updates"; }

std::optional<std::int32_t> number(const json::object& row, std::string_view name) {
    const auto* value = row.if_contains(name);
    const auto* found = value ? value->if_int64() : nullptr;
    if (!found || *found < 1 || *found > rows_of_world) {
        return std::nullopt;
    }
    return static_cast<std::int32_t>(*found);
}

/// Appends a row; false if that is not one that was asked for.
bool add_row(const question& asked, const json::value& value, std::vector<world_row>& rows) {
    const auto* row = value.if_object();
    const auto id = row ? number(*row, "id") : std::nullopt;
    const auto new_number = row ? number(*row, "randomnumber") : std::nullopt;
    if (!id || !new_number || *id < asked.first || *id > asked.last) {
        return false;
    }
    rows.push_back({*id, *new_number});
    return true;
}

} // namespace

std::string title_of(endpoint e) { return "GET " + path_of(e); }

std::string question::target(std::string_view via) const {
    std::string made = path_of(asked) + '?';
    if (asked != endpoint::db) {
        made += "count=" + std::to_string(count) + '&';
    }
    if (first != 1 || last != rows_of_world) {
        made += "first=" + std::to_string(first) + "&last=" + std::to_string(last) + '&';
    }
    return made.append("via=").append(via);
}

question of_any_row(endpoint asked, std::size_t count) {
    question q;
    q.asked = asked;
    q.count = asked == endpoint::db ? 1 : count;
    return q;
}

std::optional<std::vector<world_row>> read_answer(const question& asked, std::string_view body) {
    boost::system::error_code failed;
    const auto value = json::parse(body, failed);
    if (failed) {
        return std::nullopt;
    }
    std::vector<world_row> rows;
    const auto* list = value.if_array();
    const bool is_right = asked.asked == endpoint::db
                              ? add_row(asked, value, rows)
                              : list && list->size() == asked.count &&
                                    std::ranges::all_of(*list, [&](const auto& row) { return add_row(asked, row, rows); });
    return is_right ? std::optional(std::move(rows)) : std::nullopt;
}

} // namespace bench::service
