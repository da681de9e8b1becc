// SPDX-License-Identifier: BSL-1.0
#include "prometheus/pool_table.hpp"

#include "prometheus/label_text.hpp"

#include <memory>

namespace pgcoro::prometheus {
namespace {

client::Labels with_state(client::Labels labels, const char* state) {
    labels["db_client_connection_state"] = state;
    return labels;
}

} // namespace

pool_series::pool_series(families& f, std::string_view pool, std::string_view shown, const client::Labels& labels,
                         const std::vector<double>& buckets)
    : name(pool),
      label(shown),
      idle(f.connection_count.Add(with_state(labels, "idle"))),
      used(f.connection_count.Add(with_state(labels, "used"))),
      idle_max(f.idle_max.Add(labels)),
      max(f.connection_max.Add(labels)),
      pending(f.pending_requests.Add(labels)),
      timeouts(f.timeouts.Add(labels)),
      wait_time(f.wait_time.Add(labels, buckets)),
      use_time(f.use_time.Add(labels, buckets)) {}

void pool_table::count(const pool_event& e) {
    pool_series& s = of(e.name);
    // Differences, for there may be several pools of that name.
    const auto move = [&e](client::Gauge& g, std::size_t pool_counts::* which) {
        g.Increment(static_cast<double>(e.now.*which) - static_cast<double>(e.before.*which));
    };
    move(s.idle, &pool_counts::idle);
    move(s.used, &pool_counts::in_use);
    move(s.idle_max, &pool_counts::max_idle);
    move(s.max, &pool_counts::max_size);
    move(s.pending, &pool_counts::waiting);
}

void pool_table::count(const acquire_event& e) {
    pool_series& s = of(e.pool);
    if (!e.failure) {
        s.wait_time.Observe(in_seconds(e.waited));
    } else if (e.failure == errc::timed_out) {
        s.timeouts.Increment();
    }
}

void pool_table::count(const release_event& e) { of(e.pool).use_time.Observe(in_seconds(e.used)); }

pool_series& pool_table::of(std::string_view name) {
    return pools_.find_or_add([name](const pool_series& s) { return s.name == name; },
                              [&](bool is_other) {
                                  const auto label = is_other ? "other" : name.empty() ? "unnamed" : label_text(name);
                                  return std::make_unique<pool_series>(families_, name, label,
                                                                       client::Labels{{pool_label, label}}, buckets_);
                              });
}

} // namespace pgcoro::prometheus
