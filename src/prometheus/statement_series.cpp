// SPDX-License-Identifier: BSL-1.0
#include "prometheus/statement_series.hpp"

#include "prometheus/label_text.hpp"

#include <mutex>

namespace pgcoro::prometheus {
namespace {

const std::vector<double> row_buckets = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};

template <class T>
void mix(std::size_t& hash, T part) noexcept {
    hash = (hash ^ std::hash<T>()(part)) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
}

} // namespace

std::size_t statement_series::hash_of_key::operator()(const key& k) const noexcept {
    std::size_t hash = k.has_rows ? 1 : 0;
    mix(hash, k.name);
    mix(hash, k.operation);
    mix(hash, k.at);
    mix(hash, k.failure);
    return hash;
}

statement_series::statement_series(families& f, std::size_t max_names, const std::vector<double>& buckets)
    : families_(f), max_names_(max_names), buckets_(buckets) {}

void statement_series::count(const measured_call& call) {
    series found{};
    {
        const std::shared_lock lock(mutex_);
        if (const series* const known = find(call)) {
            found = *known;
        }
    }
    if (!found.duration) {
        const std::lock_guard lock(mutex_);
        found = add(call);
    }
    found.duration->Observe(in_seconds(call.duration));
    if (found.rows) {
        found.rows->Observe(static_cast<double>(*call.returned_rows));
    }
}

const std::string* statement_series::find_name(std::string_view name) const {
    if (name.empty()) {
        return &no_name_;
    }
    const auto known = names_.find(name);
    return known != names_.end() ? &known->second : names_.size() >= max_names_ ? &other_ : nullptr;
}

const statement_series::series* statement_series::find(const measured_call& call) const {
    const std::string* const name = find_name(call.name);
    if (!name) {
        return nullptr;
    }
    const auto known = series_.find({name, call.operation.data(), call.at, call.failure, call.returned_rows.has_value()});
    return known == series_.end() ? nullptr : &known->second;
}

const statement_series::series& statement_series::add(const measured_call& call) {
    const std::string* name = find_name(call.name);
    if (!name) {
        name = &names_.emplace(call.name, label_text(call.name)).first->second;
    }
    auto labels = call.at->labels;
    labels["db_operation_name"] = std::string(call.operation);
    if (!name->empty()) {
        labels["db_query_summary"] = *name;
    }
    const key of{name, call.operation.data(), call.at, call.failure, call.returned_rows.has_value()};
    client::Histogram* rows = nullptr;
    if (of.has_rows) {
        rows = &families_.returned_rows.Add(labels, row_buckets);
    }
    labels.insert(call.failure->labels.begin(), call.failure->labels.end());
    return series_.try_emplace(of, series{&families_.operation_duration.Add(labels, buckets_), rows}).first->second;
}

} // namespace pgcoro::prometheus
