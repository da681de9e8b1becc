// SPDX-License-Identifier: BSL-1.0
// The series of pools.
#pragma once

#include "prometheus/bounded_list.hpp"
#include "prometheus/families.hpp"

#include <pgcoro/observer.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::prometheus {

/// The series of one pool.
struct pool_series {
    pool_series(families& f, std::string_view pool, const client::Labels& labels, const std::vector<double>& buckets);

    std::string name; // as it is given
    client::Gauge &idle, &used, &idle_max, &max, &pending;
    client::Counter& timeouts;
    client::Histogram &wait_time, &use_time;
};

/// Knows pools by their names. Thread safety: complete.
class pool_table {
public:
    pool_table(families& f, std::size_t most, const std::vector<double>& buckets)
        : families_(f), buckets_(buckets), pools_(most) {}

    void count(const pool_event& e);
    void count(const acquire_event& e);
    void count(const release_event& e);

private:
    pool_series& of(std::string_view name);

    families& families_;
    const std::vector<double>& buckets_;
    bounded_list<pool_series> pools_;
};

} // namespace pgcoro::prometheus
