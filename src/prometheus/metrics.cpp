// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/prometheus/metrics.hpp>

#include "observers/operation_name.hpp"
#include "prometheus/error_table.hpp"
#include "prometheus/families.hpp"
#include "prometheus/label_text.hpp"
#include "prometheus/pool_table.hpp"
#include "prometheus/server_table.hpp"
#include "prometheus/statement_series.hpp"

#include <pgcoro/listener_events.hpp>

#include <prometheus/text_serializer.h>

#include <array>
#include <utility>

namespace pgcoro::prometheus {
namespace {

/// For want of memory, something is not counted: that is not worth a program.
template <class Count>
void quietly(Count count) noexcept {
    try {
        count();
    } catch (...) { // also what prometheus-cpp throws
    }
}

std::array<client::Counter*, 3> gap_counters(families& f) {
    const auto of = [&](const char* cause) { return &f.listener_gaps.Add({{"cause", cause}}); };
    return {of("listening"), of("overflow"), of("reconnected")}; // as in gap_cause
}

} // namespace

struct metrics::state {
    state(std::shared_ptr<client::Registry> r, metrics_options o)
        : registry(r ? std::move(r) : std::make_shared<client::Registry>()),
          options(std::move(o)),
          all(*registry),
          errors(options.max_errors),
          servers(all, options.max_servers, options.duration_buckets),
          statements(all, options.max_names, options.duration_buckets),
          pools(all, options.max_pools, options.duration_buckets),
          slots(options.max_pools),
          gaps(gap_counters(all)),
          dropped_notifications(all.dropped_notifications.Add({})) {}

    /// Of a replication slot.
    struct slot_series {
        std::string name; // as it is given
        client::Gauge& lag;
    };

    const std::shared_ptr<client::Registry> registry;
    const metrics_options options;
    families all;
    error_table errors;
    server_table servers;
    statement_series statements;
    pool_table pools;
    bounded_list<slot_series> slots;
    const std::array<client::Counter*, 3> gaps;
    client::Counter& dropped_notifications;
};

metrics::metrics(std::shared_ptr<client::Registry> registry, metrics_options options)
    : state_(std::make_unique<state>(std::move(registry), std::move(options))) {}

metrics::~metrics() = default;

std::string metrics::text() const { return client::TextSerializer().Serialize(state_->registry->Collect()); }

const std::shared_ptr<client::Registry>& metrics::registry() const noexcept { return state_->registry; }

void metrics::on_statement_end(const statement_event& e) noexcept {
    quietly([&] {
        measured_call call;
        call.name = e.name();
        call.operation = pgcoro::detail::operation_name(e);
        call.at = &state_->servers.of(e.connection());
        call.failure = &state_->errors.of(e.failure());
        call.duration = e.total();
        if (!e.failure() && pgcoro::detail::returns_rows(e.kind(), call.operation)) {
            call.returned_rows = e.rows();
        }
        state_->statements.count(call);
    });
}

void metrics::on_connect(const connect_event& e) noexcept {
    quietly([&] {
        client::Labels labels;
        if (!e.pool.empty()) {
            labels[pool_label] = state_->pools.label_of(e.pool);
        }
        if (e.connection) {
            state_->servers.count_connect(*e.connection, labels, e.duration);
        } else {
            const auto& failure = state_->errors.of(e.failure).labels;
            labels.insert(failure.begin(), failure.end());
            state_->all.connect_failures.Add(labels).Increment();
        }
    });
}

void metrics::on_disconnect(const disconnect_event& e) noexcept {
    if (e.why != errc::connection_closed) {
        quietly([&] {
            auto labels = state_->servers.of(&e.connection).labels;
            const auto& failure = state_->errors.of(e.why).labels;
            labels.insert(failure.begin(), failure.end());
            state_->all.connections_lost.Add(labels).Increment();
        });
    }
}

void metrics::on_transaction_end(const transaction_event& e) noexcept {
    quietly([&] { state_->servers.count_transaction(e); });
}

void metrics::on_pool_change(const pool_event& e) noexcept {
    quietly([&] { state_->pools.count(e); });
}

void metrics::on_acquire(const acquire_event& e) noexcept {
    quietly([&] { state_->pools.count(e); });
}

void metrics::on_release(const release_event& e) noexcept {
    quietly([&] { state_->pools.count(e); });
}

void metrics::on_gap(const gap& g) noexcept {
    state_->gaps.at(static_cast<std::size_t>(g.cause))->Increment();
    state_->dropped_notifications.Increment(static_cast<double>(g.dropped));
}

void metrics::on_replication(const replication_event& e) noexcept {
    quietly([&] {
        auto& s = state_->slots.find_or_add([&](const state::slot_series& known) { return known.name == e.slot; },
                                            [&](bool is_other) {
                                                const client::Labels labels{{"slot", is_other ? "other" : label_text(e.slot)}};
                                                return std::make_unique<state::slot_series>(state::slot_series{
                                                    std::string(e.slot), state_->all.replication_lag.Add(labels)});
                                            });
        s.lag.Set(static_cast<double>(e.lag_bytes));
    });
}

} // namespace pgcoro::prometheus
