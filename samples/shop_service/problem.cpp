// SPDX-License-Identifier: BSL-1.0
#include "problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace shop {
namespace {

namespace json = boost::json;

/// In the words of the interface, which must not depend on the names of constraints.
std::string_view meaning_of(std::string_view constraint) {
    if (constraint == "products_name_key") {
        return "There is already a product of this name";
    }
    if (constraint == "orders_product_fkey") {
        return "There is no such product";
    }
    return {};
}

} // namespace

http_response problem(int status, std::string_view title, std::string_view detail, const std::vector<field_problem>& fields) {
    json::object body{{"type", "about:blank"}, {"title", title}, {"status", status}};
    if (!detail.empty()) {
        body["detail"] = detail;
    }
    if (!fields.empty()) {
        auto& list = body["errors"].emplace_array();
        for (const auto& f : fields) {
            list.push_back(json::object{{"field", f.field}, {"problem", f.problem}});
        }
    }
    http_response response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.body = json::serialize(body);
    return response;
}

// [problem_of]
http_response problem_of(const pgcoro::error& why, pgcoro::http_repeat repeat) {
    const auto status = pgcoro::http_status(why, repeat);
    auto response = problem(status.code, status.title, status.code < 500 ? meaning_of(why.constraint()) : "");
    if (status.retry_after) {
        response.headers.emplace_back("Retry-After", std::to_string(status.retry_after->count()));
    }
    return response;
}
// [/problem_of]

std::string without_values(const pgcoro::error& why) {
    const auto state = why.sqlstate();
    if (state == pgcoro::sqlstate{}) {
        return why.message();
    }
    std::string line = to_string(state);
    line.append(" ").append(condition_name(state));
    if (!why.constraint().empty()) {
        line.append(" (").append(why.constraint()).append(")");
    }
    return line;
}

} // namespace shop
