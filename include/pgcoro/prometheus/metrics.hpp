// SPDX-License-Identifier: BSL-1.0
// An observer that counts and measures for Prometheus, under OpenTelemetry's names. Component pgcoro::prometheus.
//
//     auto measured = std::make_shared<pgcoro::prometheus::metrics>();
//     options.observers.push_back(measured); // of a pool
//     ...
//     answer.body() = measured->text(); // GET /metrics
//
// docs/metrics.md has the table of metrics.
#pragma once

#include <pgcoro/observer.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Registry; // <prometheus/registry.h>
}

namespace pgcoro::prometheus {

/// Each limit bounds the distinct values of one label. Further values are counted together.
struct metrics_options {
    /// The names given by `operation::named`; more become "other". A name must not contain data: a thousand names are a
    /// thousand histograms.
    std::size_t max_names = 200;
    /// SQLSTATEs and other errors; more become "_OTHER", without a status code.
    std::size_t max_errors = 100;
    /// Servers and databases; more become "other".
    std::size_t max_servers = 20;
    /// Pools, and slots of replication streams; more become "other".
    std::size_t max_pools = 50;
    /// The upper bounds of the histograms of durations, in seconds, ascending. The default is OpenTelemetry's. For databases
    /// that answer within a millisecond, add some below that.
    std::vector<double> duration_buckets = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10};
};

/// Metrics of everything that it observes: any number of connections, pools, multiplexers, listeners and replication streams.
///
/// No label contains the text of a statement, a value, a user or a password. Labels come from what the program names and
/// configures (names of statements and pools, host, port, database), and from the server's SQLSTATEs.
/// Lifetimes: the series stay in the registry when this object is gone.
/// Thread safety: complete. A statement takes a reader's lock, and that of its histogram.
class metrics final : public observer {
public:
    /// Adds its metrics to `registry`, which may have others, and which several objects may share; null: to one of its own.
    /// Throws what prometheus-cpp throws (`std::invalid_argument`) if the registry has a metric with one of these names that
    /// is of another type, or refuses names that it knows (`InsertBehavior::Throw`).
    explicit metrics(std::shared_ptr<::prometheus::Registry> registry = nullptr, metrics_options options = {});
    ~metrics() override;

    /// All metrics of the registry in Prometheus' text format, for an HTTP response of the type `content_type`.
    std::string text() const;
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    const std::shared_ptr<::prometheus::Registry>& registry() const noexcept;

    bool wants_pool_events() const noexcept override { return true; }

    void on_statement_end(const statement_event& e) noexcept override;
    void on_connect(const connect_event& e) noexcept override;
    void on_disconnect(const disconnect_event& e) noexcept override;
    void on_transaction_end(const transaction_event& e) noexcept override;
    void on_pool_change(const pool_event& e) noexcept override;
    void on_acquire(const acquire_event& e) noexcept override;
    void on_release(const release_event& e) noexcept override;
    void on_gap(const gap& g) noexcept override;
    void on_replication(const replication_event& e) noexcept override;

private:
    struct state;
    const std::unique_ptr<state> state_;
};

} // namespace pgcoro::prometheus
