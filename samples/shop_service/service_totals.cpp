// SPDX-License-Identifier: BSL-1.0
#include "service_totals.hpp"

#include "problem.hpp"
#include "service_state.hpp"
#include "worker.hpp"

namespace shop {
namespace {

void add(service_totals& to, const worker_report& r) {
    if (!r.health.is_serving) {
        to.is_serving = false;
        to.problem = r.health.last_connect_error ? without_values(r.health.last_connect_error) : "There is no connection";
    }
    to.connections += r.connections;
    to.event_clients += r.event_clients;
    to.pool_max += r.pool.pool_max;
    to.pool_idle += r.health.idle;
    to.pool_in_use += r.health.in_use;
    to.pool_waiting += r.health.waiting;
    to.pool_requests += r.pool.requests_num;
    to.pool_queued += r.pool.requests_queued;
    to.pool_errors += r.pool.requests_errors;
    to.pool_connects += r.pool.connections_num;
    to.pool_connect_errors += r.pool.connections_errors;
    to.pool_lost += r.pool.connections_lost;
    to.lanes += r.multiplexer.lanes;
    to.lanes_up += r.multiplexer.lanes_up;
    to.lanes_in_flight += r.multiplexer.in_flight;
    to.lanes_waiting += r.multiplexer.waiting;
}

} // namespace

boost::asio::awaitable<service_totals> total_of(service_state& service) {
    service_totals totals;
    std::vector<traffic> threads;
    for (const auto& w : service.workers) {
        const auto report = co_await w->report();
        add(totals, report);
        threads.push_back(w->traffic_so_far());
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - service.begun).count();
    totals.traffic = report_on(threads, now);
    co_return totals;
}

} // namespace shop
