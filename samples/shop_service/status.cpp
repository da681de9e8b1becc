// SPDX-License-Identifier: BSL-1.0
// Health, the state for the page, and metrics.
#include "handlers.hpp"
#include "json_text.hpp"
#include "metrics_text.hpp"
#include "problem.hpp"
#include "service_state.hpp"
#include "service_totals.hpp"
#include "worker.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace shop {
namespace {

namespace json = boost::json;

double rounded(double number) { return std::round(number * 1000) / 1000; }

json::object traffic_of(const traffic_report& t) {
    json::object o{{"requests", t.requests}, {"failures", t.failures}, {"per_second", rounded(t.per_second)}};
    o["p50_milliseconds"] = rounded(t.p50_milliseconds);
    o["p99_milliseconds"] = rounded(t.p99_milliseconds);
    o["history"] = json::value_from(t.history);
    return o;
}

json::array slow_of(const service_state& service) {
    json::array list;
    const auto plans = service.plans->last();
    for (const auto& s : service.slow->list()) {
        const auto found = std::ranges::find(plans, s.fingerprint, &pgcoro::slow_query_plan::fingerprint);
        const std::string plan = found == plans.end() ? std::string() : found->plan;
        list.push_back(
            json::object{{"name", s.name}, {"sql", s.sql}, {"milliseconds", rounded(s.milliseconds)}, {"plan", plan}});
    }
    return list;
}

json::array errors_of(const service_state& service) {
    json::array list;
    for (const auto& e : service.errors.last()) {
        const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(e.at.time_since_epoch()).count();
        list.push_back(json::object{{"at", at}, {"status", e.status}, {"route", e.route}, {"what", e.what}});
    }
    return list;
}

http_response health_response(bool is_well, json::object body) {
    auto response = json_response(is_well ? 200 : 503, body);
    response.headers.emplace_back("Cache-Control", "no-store");
    if (!is_well) {
        response.headers.emplace_back("Retry-After", "1");
    }
    return response;
}

} // namespace

/// The process answers: no reason to restart it. Does not ask the database, whose failure a restart would not cure.
pgcoro::task<http_response> is_live(http_call&) { co_return health_response(true, {{"live", true}}); }

/// Send requests here. Not while it stops, or while a thread has no connection to the database.
pgcoro::task<http_response> is_ready(http_call& call) {
    const auto totals = co_await total_of(call.here.service());
    const bool is_ready = totals.is_serving && !call.here.is_stopping();
    co_return health_response(is_ready, {{"ready", is_ready}});
}

pgcoro::task<http_response> health(http_call& call) {
    const auto totals = co_await total_of(call.here.service());
    const bool is_ready = totals.is_serving && !call.here.is_stopping();
    json::object body{{"live", true}, {"ready", is_ready}, {"database", totals.is_serving ? "serving" : "gone"}};
    body["stopping"] = call.here.is_stopping();
    co_return health_response(is_ready, std::move(body));
}

pgcoro::task<http_response> status(http_call& call) {
    auto& service = call.here.service();
    const auto totals = co_await total_of(service);
    json::object body;
    body["uptime_seconds"] = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - service.begun).count();
    body["threads"] = service.workers.size();
    body["stopping"] = service.is_stopping.load();
    body["connections"] = totals.connections;
    body["event_clients"] = totals.event_clients;
    body["database"] = json::object{{"serving", totals.is_serving}, {"problem", totals.problem}};
    body["traffic"] = traffic_of(totals.traffic);
    body["pool"] = json::object{
        {"max", totals.pool_max}, {"idle", totals.pool_idle}, {"in_use", totals.pool_in_use}, {"waiting", totals.pool_waiting}};
    body["multiplexer"] = json::object{{"lanes", totals.lanes},
                                       {"lanes_up", totals.lanes_up},
                                       {"in_flight", totals.lanes_in_flight},
                                       {"waiting", totals.lanes_waiting}};
    body["slow"] = slow_of(service);
    body["errors"] = errors_of(service);
    auto response = json_response(200, body);
    response.headers.emplace_back("Cache-Control", "no-store");
    co_return response;
}

pgcoro::task<http_response> metrics(http_call& call) {
    const auto totals = co_await total_of(call.here.service());
    http_response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(totals) + call.here.service().measured.text();
    co_return response;
}

} // namespace shop
