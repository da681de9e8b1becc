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

constexpr const char* pool_label = "db_client_connection_pool_name";

/// The series of one pool.
struct pool_series {
    pool_series(families& f, std::string_view pool, std::string_view shown, const client::Labels& labels,
                const std::vector<double>& buckets);

    std::string name; // as it is given
    std::string label;
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
    /// The label of a pool of that name.
    const std::string& label_of(std::string_view name) { return of(name).label; }

private:
    pool_series& of(std::string_view name);

    families& families_;
    const std::vector<double>& buckets_;
    bounded_list<pool_series> pools_;
};

} // namespace pgcoro::prometheus
