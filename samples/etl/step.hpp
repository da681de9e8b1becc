// SPDX-License-Identifier: BSL-1.0
// One step of a pipeline, on rows of text.
#pragma once

#include "mistake.hpp"
#include "row.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace etl {

struct kept {};
struct filtered {};
/// What a step has made of a row: it goes on, it is left out, or it cannot be loaded.
using verdict = std::variant<kept, filtered, problem>;

/// The names of a row's columns, in order.
class columns {
public:
    columns() = default;
    explicit columns(std::vector<std::string> names) : names_(std::move(names)) {}

    const std::vector<std::string>& names() const noexcept { return names_; }
    std::optional<std::size_t> find(std::string_view name) const;
    void rename(std::size_t index, std::string name) { names_[index] = std::move(name); }
    void add(std::string name) { names_.push_back(std::move(name)); }
    void remove(std::size_t index) { names_.erase(names_.begin() + static_cast<std::ptrdiff_t>(index)); }

    /// Where a column of that name is, or the mistake that there is none.
    std::variant<std::size_t, mistake> require(const placed& name) const;
    /// The mistake that a new column has the name of one that is there.
    std::optional<mistake> refuse(const placed& name) const;

private:
    std::vector<std::string> names_;
};

/// A step is bound once to the columns of its input, which it changes to those of its output. Then it takes rows.
class step {
public:
    step() = default;
    step(const step&) = delete;
    step& operator=(const step&) = delete;
    virtual ~step() = default;

    virtual std::optional<mistake> bind(columns& of_row) = 0;
    virtual verdict apply(row& r) = 0;
};

} // namespace etl
