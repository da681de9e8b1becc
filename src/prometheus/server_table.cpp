// SPDX-License-Identifier: BSL-1.0
#include "prometheus/server_table.hpp"

#include "prometheus/label_text.hpp"

#include <memory>
#include <utility>

namespace pgcoro::prometheus {
namespace {

constexpr const char* system_label = "db_system_name";
constexpr const char* postgresql = "postgresql";
constexpr std::uint16_t default_port = 5432;

client::Labels labels_of(const connection_facts& c) {
    client::Labels labels{
        {system_label, postgresql}, {"server_address", label_text(c.host)}, {"db_namespace", label_text(c.database)}};
    if (c.port != default_port) {
        labels["server_port"] = std::to_string(c.port);
    }
    return labels;
}

/// Two threads that are here at once get the same series from its family.
client::Histogram& series(std::atomic<client::Histogram*>& known, client::Family<client::Histogram>& family,
                          const client::Labels& labels, const std::vector<double>& buckets) {
    client::Histogram* found = known.load(std::memory_order_acquire);
    if (!found) {
        found = &family.Add(labels, buckets);
        known.store(found, std::memory_order_release);
    }
    return *found;
}

} // namespace

server_table::server_table(families& f, std::size_t most, const std::vector<double>& buckets)
    : families_(f), buckets_(buckets), servers_(most) {
    none_.labels[system_label] = postgresql;
}

server& server_table::of(const connection_facts* c) {
    if (!c) {
        return none_;
    }
    return servers_.find_or_add(
        [c](const server& s) { return s.port == c->port && s.host == c->host && s.database == c->database; },
        [c](bool is_other) {
            auto made = std::make_unique<server>();
            if (is_other) {
                made->labels = {{system_label, postgresql}, {"server_address", "other"}, {"db_namespace", "other"}};
            } else {
                made->host = c->host;
                made->port = c->port;
                made->database = c->database;
                made->labels = labels_of(*c);
            }
            return made;
        });
}

void server_table::count_connect(const connection_facts& connection, const client::Labels& pool,
                                 std::chrono::nanoseconds duration) {
    auto labels = of(&connection).labels;
    labels.insert(pool.begin(), pool.end());
    families_.create_time.Add(labels, buckets_).Observe(in_seconds(duration));
}

void server_table::count_transaction(const transaction_event& e) {
    static const std::vector<double> attempt_buckets = {1, 2, 3, 5, 10};
    server& s = of(&e.connection);
    const auto outcome = static_cast<std::size_t>(e.outcome);
    auto labels = [&] {
        auto all = s.labels;
        all["outcome"] = std::string(to_string(e.outcome));
        return all;
    };
    if (!s.attempts.at(outcome).load(std::memory_order_acquire)) {
        series(s.durations.at(outcome), families_.transaction_duration, labels(), buckets_);
        series(s.attempts.at(outcome), families_.transaction_attempts, labels(), attempt_buckets);
    }
    s.durations.at(outcome).load(std::memory_order_acquire)->Observe(in_seconds(e.duration));
    s.attempts.at(outcome).load(std::memory_order_acquire)->Observe(e.attempt);
}

} // namespace pgcoro::prometheus
