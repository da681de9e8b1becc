// SPDX-License-Identifier: BSL-1.0
// The series of calls: by name, command, server and error.
#pragma once

#include "prometheus/error_table.hpp"
#include "prometheus/families.hpp"
#include "prometheus/server_table.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pgcoro::prometheus {

/// What is counted of a call.
struct measured_call {
    /// Empty if it has none.
    std::string_view name;
    /// Static.
    std::string_view operation;
    const server* at;
    const error_class* failure;
    std::chrono::nanoseconds duration{};
    std::optional<std::uint64_t> returned_rows;
};

/// Counts calls. Labels are made once for each series: after that, it is found by the addresses of its parts.
/// Thread safety: complete.
class statement_series {
public:
    statement_series(families& f, std::size_t max_names, const std::vector<double>& buckets);

    void count(const measured_call& call);

private:
    struct key {
        const std::string* name;
        const char* operation;
        const server* at;
        const error_class* failure;
        bool has_rows;

        friend bool operator==(const key&, const key&) noexcept = default;
    };
    struct hash_of_key {
        std::size_t operator()(const key& k) const noexcept;
    };
    struct hash_of_name {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>()(name); }
    };
    struct series {
        client::Histogram* duration;
        client::Histogram* rows; // null for calls that return none
    };

    /// Under a lock. Null: it has to be added.
    const std::string* find_name(std::string_view name) const;
    const series* find(const measured_call& call) const;
    const series& add(const measured_call& call);

    families& families_;
    const std::size_t max_names_;
    const std::vector<double>& buckets_;
    mutable std::shared_mutex mutex_;
    const std::string no_name_, other_ = "other";
    /// From a name as it is given to its label.
    std::unordered_map<std::string, std::string, hash_of_name, std::equal_to<>> names_;
    std::unordered_map<key, series, hash_of_key> series_;
};

} // namespace pgcoro::prometheus
