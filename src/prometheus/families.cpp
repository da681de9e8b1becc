// SPDX-License-Identifier: BSL-1.0
#include "prometheus/families.hpp"

namespace pgcoro::prometheus {
namespace {

client::Family<client::Histogram>& histogram(client::Registry& r, const char* name, const char* help) {
    return client::BuildHistogram().Name(name).Help(help).Register(r);
}

client::Family<client::Gauge>& gauge(client::Registry& r, const char* name, const char* help) {
    return client::BuildGauge().Name(name).Help(help).Register(r);
}

client::Family<client::Counter>& counter(client::Registry& r, const char* name, const char* help) {
    return client::BuildCounter().Name(name).Help(help).Register(r);
}

} // namespace

families::families(client::Registry& r)
    : operation_duration(
          histogram(r, "db_client_operation_duration_seconds", "Duration of database calls, with the wait for a connection.")),
      returned_rows(histogram(r, "db_client_response_returned_rows", "Rows returned by database calls that return rows.")),
      connection_count(gauge(r, "db_client_connection_count", "Connections of the pool in that state.")),
      idle_max(gauge(r, "db_client_connection_idle_max", "Maximum number of idle connections of the pool.")),
      connection_max(gauge(r, "db_client_connection_max", "Maximum number of connections of the pool.")),
      pending_requests(gauge(r, "db_client_connection_pending_requests", "Callers that wait for a connection of the pool.")),
      timeouts(counter(r, "db_client_connection_timeouts_total", "Callers that did not get a connection of the pool in time.")),
      wait_time(histogram(r, "db_client_connection_wait_time_seconds", "How long it took to get a connection of the pool.")),
      use_time(histogram(r, "db_client_connection_use_time_seconds", "How long connections of the pool were borrowed.")),
      create_time(histogram(r, "db_client_connection_create_time_seconds", "How long it took to make a connection.")),
      connect_failures(counter(r, "pgcoro_connect_failures_total", "Attempts to connect that failed at all hosts.")),
      connections_lost(counter(r, "pgcoro_connections_lost_total", "Connections that this side has not closed.")),
      transaction_duration(histogram(r, "pgcoro_transaction_duration_seconds", "Duration of transactions, from begin on.")),
      transaction_attempts(histogram(r, "pgcoro_transaction_attempts", "Which attempt of transact each transaction was.")),
      listener_gaps(counter(r, "pgcoro_listener_gaps_total", "Places where notifications may be missing.")),
      dropped_notifications(
          counter(r, "pgcoro_listener_dropped_notifications_total", "Notifications dropped because a queue was full.")),
      replication_lag(gauge(r, "pgcoro_replication_lag_bytes", "Log that the server has written and nobody has confirmed.")) {}

} // namespace pgcoro::prometheus
