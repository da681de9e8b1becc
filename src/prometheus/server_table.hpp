// SPDX-License-Identifier: BSL-1.0
// The labels of servers, and the series that each has of its connections and transactions.
#pragma once

#include "prometheus/bounded_list.hpp"
#include "prometheus/families.hpp"

#include <pgcoro/connection_facts.hpp>
#include <pgcoro/observer.hpp>

#include <prometheus/labels.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pgcoro::prometheus {

/// A database of a server.
struct server {
    std::string host, database;
    std::uint16_t port = 0;
    client::Labels labels;
    // Null until they are needed: a program may not have transactions.
    std::array<std::atomic<client::Histogram*>, 4> durations{}, attempts{}; // by outcome
};

/// Knows servers by host, port and database. Thread safety: complete.
class server_table {
public:
    server_table(families& f, std::size_t most, const std::vector<double>& buckets);

    /// Null: a call that has reached none.
    server& of(const connection_facts* connection);

    /// `pool`: the label of the pool, if it has one.
    void count_connect(const connection_facts& connection, const client::Labels& pool, std::chrono::nanoseconds duration);
    void count_transaction(const transaction_event& e);

private:
    families& families_;
    const std::vector<double>& buckets_;
    server none_;
    bounded_list<server> servers_;
};

} // namespace pgcoro::prometheus
