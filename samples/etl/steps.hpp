// SPDX-License-Identifier: BSL-1.0
// The steps that need nothing but the row. docs/etl.md says what they do.
#pragma once

#include "step.hpp"
#include "value_cast.hpp"

#include <string>
#include <utility>
#include <vector>

namespace etl {

class rename_step final : public step {
public:
    rename_step(placed from, placed to) : from_(std::move(from)), to_(std::move(to)) {}
    std::optional<mistake> bind(columns& of_row) override;
    verdict apply(row&) override { return kept{}; }

private:
    placed from_;
    placed to_;
};

class drop_step final : public step {
public:
    explicit drop_step(std::vector<placed> names) : names_(std::move(names)) {}
    std::optional<mistake> bind(columns& of_row) override;
    verdict apply(row& r) override;

private:
    std::vector<placed> names_;
    std::vector<std::size_t> indexes_; // one after the other: each as if those before it were gone
};

class default_step final : public step {
public:
    default_step(placed column, std::string value) : column_(std::move(column)), value_(std::move(value)) {}
    std::optional<mistake> bind(columns& of_row) override;
    verdict apply(row& r) override;

private:
    placed column_;
    std::string value_;
    std::size_t index_ = 0;
};

class split_step final : public step {
public:
    split_step(placed column, std::string by, std::vector<placed> into)
        : column_(std::move(column)), by_(std::move(by)), into_(std::move(into)) {}
    std::optional<mistake> bind(columns& of_row) override;
    verdict apply(row& r) override;

private:
    placed column_;
    std::string by_;
    std::vector<placed> into_;
    std::size_t index_ = 0;
};

class filter_step final : public step {
public:
    enum class test { one_of, none_of, null, not_null };

    filter_step(placed column, test how, std::vector<std::string> values)
        : column_(std::move(column)), how_(how), values_(std::move(values)) {}
    std::optional<mistake> bind(columns& of_row) override;
    verdict apply(row& r) override;

private:
    bool keeps(const std::optional<std::string>& value) const;

    placed column_;
    test how_;
    std::vector<std::string> values_;
    std::size_t index_ = 0;
};

class cast_step final : public step {
public:
    cast_step(placed column, value_cast cast) : column_(std::move(column)), cast_(std::move(cast)) {}
    std::optional<mistake> bind(columns& of_row) override;
    verdict apply(row& r) override;

private:
    placed column_;
    value_cast cast_;
    std::size_t index_ = 0;
};

} // namespace etl
