// SPDX-License-Identifier: BSL-1.0
// Adds columns from a query of the target, by the values of other columns.
#pragma once

#include "step.hpp"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace etl {

/// The result of the query is kept in memory. Values are compared as text, and NULL is found nowhere.
class lookup_step final : public step {
public:
    enum class missing { reject, null };

    struct settings {
        placed query;
        std::vector<placed> columns;      // of the row
        std::vector<std::string> matched; // the column of the query for each
        std::vector<placed> added;        // columns of the query
        missing when_missing = missing::reject;
    };

    explicit lookup_step(settings s) : settings_(std::move(s)) {}

    std::optional<mistake> bind(columns& of_row) override;
    verdict apply(row& r) override;

    const placed& query() const noexcept { return settings_.query; }
    /// The columns of the query that it needs: the matched ones, then those that are added.
    std::vector<std::string> needed() const;
    /// Takes a row of these. False if one with the same key was there.
    bool add(const std::vector<std::optional<std::string>>& values);
    std::size_t size() const noexcept { return found_.size(); }

private:
    settings settings_;
    std::vector<std::size_t> indexes_;
    std::unordered_map<std::string, std::vector<std::optional<std::string>>> found_;
};

} // namespace etl
