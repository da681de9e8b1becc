// SPDX-License-Identifier: BSL-1.0
#include "metrics_text.hpp"

#include <sstream>
#include <string_view>

namespace shop {
namespace {

class writer {
public:
    template <class Number>
    void gauge(std::string_view name, std::string_view help, Number value) {
        metric(name, help, "gauge", value);
    }
    template <class Number>
    void counter(std::string_view name, std::string_view help, Number value) {
        metric(name, help, "counter", value);
    }
    std::string text() const { return out_.str(); }

private:
    template <class Number>
    void metric(std::string_view name, std::string_view help, std::string_view type, Number value) {
        out_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n' << name << ' ' << value << '\n';
    }
    std::ostringstream out_;
};

} // namespace

std::string metrics_text(const service_totals& t) {
    writer out;
    out.counter("shop_requests_total", "HTTP requests answered.", t.traffic.requests);
    out.counter("shop_request_failures_total", "HTTP requests answered with 5xx.", t.traffic.failures);
    out.gauge("shop_connections", "HTTP connections.", t.connections);
    out.gauge("shop_event_clients", "Clients that follow the orders.", t.event_clients);
    out.gauge("shop_database_up", "1 if each thread can run statements.", t.is_serving ? 1 : 0);
    out.gauge("pgcoro_pool_max_connections", "The largest number of connections.", t.pool_max);
    out.gauge("pgcoro_pool_idle_connections", "Connections that are not in use.", t.pool_idle);
    out.gauge("pgcoro_pool_used_connections", "Connections that are lent.", t.pool_in_use);
    out.gauge("pgcoro_pool_pending_requests", "Requests that wait for a connection.", t.pool_waiting);
    out.counter("pgcoro_pool_requests_total", "Requests for a connection.", t.pool_requests);
    out.counter("pgcoro_pool_queued_total", "Requests that had to wait for one.", t.pool_queued);
    out.counter("pgcoro_pool_request_errors_total", "Requests that got no connection.", t.pool_errors);
    out.counter("pgcoro_pool_connects_total", "Attempts to connect.", t.pool_connects);
    out.counter("pgcoro_pool_connect_errors_total", "Attempts to connect that failed.", t.pool_connect_errors);
    out.counter("pgcoro_pool_lost_total", "Connections that were found closed.", t.pool_lost);
    out.gauge("pgcoro_multiplexer_lanes_up", "Lanes that are connected.", t.lanes_up);
    out.gauge("pgcoro_multiplexer_in_flight", "Statements on their way.", t.lanes_in_flight);
    out.gauge("pgcoro_multiplexer_waiting", "Statements that wait for a lane.", t.lanes_waiting);
    return out.text();
}

} // namespace shop
