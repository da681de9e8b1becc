// SPDX-License-Identifier: BSL-1.0
#include "service_totals.hpp"

#include "problem.hpp"
#include "service_state.hpp"
#include "worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>
#include <vector>

namespace shop {
namespace {

namespace asio = boost::asio;

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

/// Asks the threads side by side: each may wait for a database that does not answer.
asio::awaitable<std::vector<worker_report>> reports_of(service_state& service) {
    using one = decltype(asio::co_spawn(std::declval<worker&>().executor(), std::declval<worker&>().report(), asio::deferred));
    std::vector<one> all;
    for (const auto& w : service.workers) {
        all.push_back(asio::co_spawn(w->executor(), w->report(), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all));
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    co_return std::get<2>(std::move(done)); // after the order in which they came, and their exceptions
}

} // namespace

asio::awaitable<service_totals> total_of(service_state& service) {
    service_totals totals;
    for (const auto& r : co_await reports_of(service)) {
        add(totals, r);
    }
    std::vector<traffic> threads;
    for (const auto& w : service.workers) {
        threads.push_back(w->traffic_so_far());
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - service.begun).count();
    totals.traffic = report_on(threads, now);
    co_return totals;
}

} // namespace shop
