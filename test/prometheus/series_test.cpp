// SPDX-License-Identifier: BSL-1.0
// What is counted, without a server: events in, text out.
#include "metrics_text.hpp"

#include "prometheus/statement_series.hpp"

#include <pgcoro/listener_events.hpp>
#include <pgcoro/prometheus/metrics.hpp>

#include <prometheus/text_serializer.h>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::pool_counts;
using pgcoro::sqlstate;
using pgcoro::prometheus::metrics;
using pgcoro::prometheus::metrics_options;
using pgcoro::test::metrics_text;

pgcoro::connection_facts server_on(std::uint16_t port, std::string database = "shop") {
    pgcoro::connection_facts facts;
    facts.host = "db.example";
    facts.port = port;
    facts.database = std::move(database);
    facts.user = "hidden_user";
    return facts;
}

/// The series of statements, with all that they need.
struct statements {
    explicit statements(std::size_t max_names = 10) : series(all, max_names, buckets) {}

    void count(std::string_view name, std::string_view operation, const error& failure = {},
               std::chrono::nanoseconds duration = 2ms, std::optional<std::uint64_t> rows = {},
               const pgcoro::connection_facts* at = nullptr) {
        series.count({name, operation, &servers.of(at), &errors.of(failure), duration, rows});
    }
    metrics_text text() const { return metrics_text(::prometheus::TextSerializer().Serialize(registry.Collect())); }

    const std::vector<double> buckets = metrics_options().duration_buckets;
    ::prometheus::Registry registry;
    pgcoro::prometheus::families all{registry};
    pgcoro::prometheus::error_table errors{10};
    pgcoro::prometheus::server_table servers{all, 2, buckets};
    pgcoro::prometheus::statement_series series;
};

constexpr auto durations = "db_client_operation_duration_seconds_count";

TEST(statement_metrics, a_call_has_the_labels_of_opentelemetry) {
    statements s;
    const auto at = server_on(5433);
    s.count("find user", "SELECT", sqlstate::unique_violation, 2ms, {}, &at);
    const auto found = s.text().select(durations);
    ASSERT_EQ(found.size(), 1u);
    const pgcoro::test::labels expected{
        {"db_system_name", "postgresql"},     {"db_namespace", "shop"},
        {"server_address", "db.example"},     {"server_port", "5433"},
        {"db_operation_name", "SELECT"},      {"db_query_summary", "find user"},
        {"db_response_status_code", "23505"}, {"error_type", "23505"},
    };
    EXPECT_EQ(found.front().of, expected);
}

TEST(statement_metrics, labels_that_do_not_apply_are_left_out) {
    statements s;
    const auto at = server_on(5432);
    s.count("", "SELECT", {}, 2ms, {}, &at);
    const pgcoro::test::labels expected{{"db_system_name", "postgresql"},
                                        {"db_namespace", "shop"},
                                        {"server_address", "db.example"},
                                        {"db_operation_name", "SELECT"}};
    EXPECT_EQ(s.text().select(durations).at(0).of, expected);
}

TEST(statement_metrics, durations_are_in_seconds_and_in_the_recommended_buckets) {
    statements s;
    for (const auto duration : {500us, 3000us, 3000us, 2'000'000us, 60'000'000us}) {
        s.count("q", "SELECT", {}, duration);
    }
    const auto text = s.text();
    const std::map<std::string, double> expected{{"0.001", 1}, {"0.005", 3}, {"0.01", 3}, {"0.05", 3}, {"0.1", 3},
                                                 {"0.5", 3},   {"1", 3},     {"5", 4},    {"10", 4},   {"+Inf", 5}};
    EXPECT_EQ(text.by("db_client_operation_duration_seconds_bucket", "le"), expected);
    EXPECT_NEAR(text.sum("db_client_operation_duration_seconds_sum"), 62.0065, 1e-9);
}

TEST(statement_metrics, rows_are_counted_of_calls_that_return_some) {
    statements s;
    s.count("q", "SELECT", {}, 1ms, 3);
    s.count("q", "SELECT", {}, 1ms, 0);
    s.count("q", "SELECT");
    EXPECT_EQ(s.text().sum("db_client_response_returned_rows_count"), 2);
    EXPECT_EQ(s.text().sum("db_client_response_returned_rows_sum"), 3);
    EXPECT_EQ(s.text().sum(durations), 3);
    EXPECT_EQ(s.text().select(durations).size(), 1u);
}

TEST(statement_metrics, names_beyond_the_limit_are_counted_together) {
    statements s(3);
    for (int i = 0; i < 1000; ++i) {
        s.count("name " + std::to_string(i), "SELECT");
    }
    s.count("name 1", "SELECT");
    const std::map<std::string, double> expected{{"name 0", 1}, {"name 1", 2}, {"name 2", 1}, {"other", 997}};
    EXPECT_EQ(s.text().by(durations, "db_query_summary"), expected);
}

TEST(statement_metrics, servers_beyond_the_limit_are_counted_together) {
    statements s;
    for (const char* database : {"a", "b", "c", "d", "a"}) {
        const auto at = server_on(5432, database);
        s.count("", "SELECT", {}, 1ms, {}, &at);
    }
    EXPECT_EQ(s.text().by(durations, "db_namespace"), (std::map<std::string, double>{{"a", 2}, {"b", 1}, {"other", 2}}));
}

TEST(statement_metrics, none_is_lost_when_threads_count_at_once) {
    statements s(20);
    const auto at = server_on(5432);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) {
                const error failure = i % 5 == 0 ? error(sqlstate::unique_violation) : error();
                s.count("name " + std::to_string(i % 40), "SELECT", failure, 1ms, i % 2, i % 3 == 0 ? nullptr : &at);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(s.text().sum(durations), 80'000);
    EXPECT_EQ(s.text().sum(durations, {{"error_type", "23505"}}), 16'000);
    EXPECT_EQ(s.text().sum("db_client_response_returned_rows_sum"), 40'000);
    EXPECT_EQ(s.text().by(durations, "db_query_summary").size(), 21u);
}

TEST(event_metrics, a_pool_shows_its_last_state) {
    metrics m;
    const pool_counts first{2, 3, 4, 10, 8};
    m.on_pool_change({"main", first, {}});
    EXPECT_EQ(metrics_text(m.text()).sum("db_client_connection_pending_requests"), 4);
    m.on_pool_change({"main", {1, 5, 0, 10, 8}, first});
    m.on_pool_change({"", {1, 0, 0, 1, 1}, {}});
    const metrics_text text(m.text());
    const pgcoro::test::labels main{{"db_client_connection_pool_name", "main"}};
    EXPECT_EQ(text.by("db_client_connection_count", "db_client_connection_state", main),
              (std::map<std::string, double>{{"idle", 1}, {"used", 5}}));
    EXPECT_EQ(text.sum("db_client_connection_max", main), 10);
    EXPECT_EQ(text.sum("db_client_connection_idle_max", main), 8);
    EXPECT_EQ(text.sum("db_client_connection_pending_requests", main), 0);
    EXPECT_EQ(text.sum("db_client_connection_max", {{"db_client_connection_pool_name", "unnamed"}}), 1);
}

TEST(event_metrics, pools_of_one_name_are_summed_up) {
    metrics m;
    const pool_counts one{2, 3, 4, 10, 8};
    const pool_counts other{1, 0, 0, 5, 5};
    m.on_pool_change({"main", one, {}});
    m.on_pool_change({"main", other, {}});
    EXPECT_EQ(metrics_text(m.text()).sum("db_client_connection_max"), 15);
    m.on_pool_change({"main", {}, one});
    EXPECT_EQ(metrics_text(m.text()).by("db_client_connection_count", "db_client_connection_state"),
              (std::map<std::string, double>{{"idle", 1}, {"used", 0}}));
    EXPECT_EQ(metrics_text(m.text()).sum("db_client_connection_max"), 5);
}

TEST(event_metrics, timeouts_of_a_pool_are_not_waits) {
    metrics m;
    m.on_acquire({"main", 20ms, {}});
    m.on_acquire({"main", 30s, errc::timed_out});
    m.on_acquire({"main", 0s, errc::pool_exhausted});
    m.on_release({"main", 7s});
    const metrics_text text(m.text());
    EXPECT_EQ(text.sum("db_client_connection_timeouts_total"), 1);
    EXPECT_EQ(text.sum("db_client_connection_wait_time_seconds_count"), 1);
    EXPECT_DOUBLE_EQ(text.sum("db_client_connection_wait_time_seconds_sum"), 0.02);
    EXPECT_DOUBLE_EQ(text.sum("db_client_connection_use_time_seconds_sum"), 7);
}

TEST(event_metrics, connects_and_losses_are_told_apart) {
    metrics m;
    const auto at = server_on(5432);
    m.on_connect({&at, 40ms, {}});
    m.on_connect({nullptr, 1ms, sqlstate::invalid_password});
    m.on_connect({nullptr, 1ms, sqlstate::invalid_password, "main"});
    m.on_disconnect({at, errc::connection_closed});
    m.on_disconnect({at, errc::connection_lost});
    const metrics_text text(m.text());
    EXPECT_EQ(text.sum("db_client_connection_create_time_seconds_count", {{"server_address", "db.example"}}), 1);
    EXPECT_EQ(text.sum("pgcoro_connect_failures_total", {{"error_type", "28P01"}, {"db_response_status_code", "28P01"}}), 2);
    EXPECT_EQ(text.sum("pgcoro_connect_failures_total", {{"db_client_connection_pool_name", "main"}}), 1);
    EXPECT_EQ(text.by("pgcoro_connections_lost_total", "error_type"), (std::map<std::string, double>{{"connection_lost", 1}}));
}

TEST(event_metrics, transactions_have_an_outcome_and_attempts) {
    using pgcoro::transaction_end;
    metrics m;
    const auto at = server_on(5432);
    void* data = nullptr;
    m.on_transaction_end({transaction_end::rolled_back, 1s, 1, at, data});
    m.on_transaction_end({transaction_end::committed, 2s, 2, at, data});
    m.on_transaction_end({transaction_end::committed, 4s, 1, at, data});
    const metrics_text text(m.text());
    EXPECT_EQ(text.by("pgcoro_transaction_duration_seconds_sum", "outcome"),
              (std::map<std::string, double>{{"committed", 6}, {"rolled_back", 1}}));
    EXPECT_EQ(text.sum("pgcoro_transaction_attempts_bucket", {{"le", "1"}, {"outcome", "committed"}}), 1);
    EXPECT_EQ(text.sum("pgcoro_transaction_attempts_count", {{"outcome", "committed"}}), 2);
}

TEST(event_metrics, gaps_and_lag_are_shown) {
    metrics m;
    EXPECT_EQ(metrics_text(m.text()).select("pgcoro_listener_gaps_total").size(), 3u); // from the beginning
    pgcoro::gap g;
    g.cause = pgcoro::gap_cause::overflow;
    g.channel = "hidden_channel";
    g.dropped = 12;
    m.on_gap(g);
    m.on_replication({"feed", 1000});
    m.on_replication({"feed", 10});
    const metrics_text text(m.text());
    EXPECT_EQ(text.by("pgcoro_listener_gaps_total", "cause"),
              (std::map<std::string, double>{{"listening", 0}, {"overflow", 1}, {"reconnected", 0}}));
    EXPECT_EQ(text.sum("pgcoro_listener_dropped_notifications_total"), 12);
    EXPECT_EQ(text.by("pgcoro_replication_lag_bytes", "slot"), (std::map<std::string, double>{{"feed", 10}}));
    EXPECT_EQ(m.text().find("hidden"), std::string::npos);
}

TEST(event_metrics, pools_and_slots_beyond_the_limit_are_counted_together) {
    metrics_options options;
    options.max_pools = 2;
    metrics m(nullptr, options);
    for (const char* name : {"a", "b", "c", "d", "a"}) {
        m.on_release({name, 1s});
        m.on_replication({name, 1});
    }
    const metrics_text text(m.text());
    EXPECT_EQ(text.by("db_client_connection_use_time_seconds_count", "db_client_connection_pool_name"),
              (std::map<std::string, double>{{"a", 2}, {"b", 1}, {"other", 2}}));
    EXPECT_EQ(text.by("pgcoro_replication_lag_bytes", "slot").size(), 3u);
}

TEST(event_metrics, one_registry_serves_several) {
    const auto registry = std::make_shared<::prometheus::Registry>();
    auto& of_program = ::prometheus::BuildCounter().Name("orders_total").Help("Orders.").Register(*registry).Add({});
    metrics first(registry);
    {
        metrics second(registry);
        second.on_release({"main", 1s});
    }
    first.on_release({"main", 2s});
    of_program.Increment(3);
    const metrics_text text(first.text());
    EXPECT_EQ(text.sum("db_client_connection_use_time_seconds_sum"), 3);
    EXPECT_EQ(text.select("db_client_connection_use_time_seconds_sum").size(), 1u);
    EXPECT_EQ(text.sum("orders_total"), 3);
    EXPECT_EQ(first.registry(), registry);
}

TEST(event_metrics, a_registry_that_has_such_a_name_as_another_type_is_refused) {
    const auto registry = std::make_shared<::prometheus::Registry>();
    ::prometheus::BuildCounter().Name("db_client_connection_max").Register(*registry);
    EXPECT_THROW(metrics m(registry), std::invalid_argument);
}

TEST(event_metrics, buckets_can_be_finer) {
    metrics_options options;
    options.duration_buckets = {0.0001, 0.0005};
    metrics m(nullptr, options);
    m.on_release({"main", 200us});
    EXPECT_EQ(metrics_text(m.text()).by("db_client_connection_use_time_seconds_bucket", "le"),
              (std::map<std::string, double>{{"0.0001", 0}, {"0.0005", 1}, {"+Inf", 1}}));
}

} // namespace
