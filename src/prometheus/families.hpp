// SPDX-License-Identifier: BSL-1.0
// The names of all metrics, and what a registry says about them.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>

namespace pgcoro::prometheus {

namespace client = ::prometheus;

struct families {
    /// Adds them, or finds those of another object. Throws `std::invalid_argument` if one is of another type.
    explicit families(client::Registry& registry);

    client::Family<client::Histogram>&operation_duration, &returned_rows;
    client::Family<client::Gauge>&connection_count, &idle_max, &connection_max, &pending_requests;
    client::Family<client::Counter>& timeouts;
    client::Family<client::Histogram>&wait_time, &use_time, &create_time;

    client::Family<client::Counter>&connect_failures, &connections_lost;
    client::Family<client::Histogram>&transaction_duration, &transaction_attempts;
    client::Family<client::Counter>&listener_gaps, &dropped_notifications;
    client::Family<client::Gauge>& replication_lag;
};

inline double in_seconds(std::chrono::nanoseconds d) noexcept { return std::chrono::duration<double>(d).count(); }

} // namespace pgcoro::prometheus
