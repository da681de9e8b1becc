// SPDX-License-Identifier: BSL-1.0
#include "steps.hpp"

#include <algorithm>

namespace etl {
namespace {

/// Finds the column, and keeps where it is.
std::optional<mistake> find(const columns& of_row, const placed& name, std::size_t& index) {
    auto found = of_row.require(name);
    if (auto* wrong = std::get_if<mistake>(&found)) {
        return std::move(*wrong);
    }
    index = std::get<std::size_t>(found);
    return std::nullopt;
}

void erase(row& r, std::size_t index) { r.values.erase(r.values.begin() + static_cast<std::ptrdiff_t>(index)); }

} // namespace

std::optional<std::size_t> columns::find(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    return found == names_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - names_.begin()));
}

std::variant<std::size_t, mistake> columns::require(const placed& name) const {
    if (const auto index = find(name.text)) {
        return *index;
    }
    std::string there;
    for (const std::string& n : names_) {
        there += (there.empty() ? "" : ", ") + n;
    }
    return mistake{name.where, "the rows have no column \"" + name.text + "\" at this step; they have: " + there};
}

std::optional<mistake> columns::refuse(const placed& name) const {
    return find(name.text) ? std::optional(mistake{name.where, "the rows already have a column \"" + name.text + "\""})
                           : std::nullopt;
}

std::optional<mistake> rename_step::bind(columns& of_row) {
    std::size_t index = 0;
    auto wrong = find(of_row, from_, index);
    if (!wrong) {
        wrong = of_row.refuse(to_);
    }
    if (!wrong) {
        of_row.rename(index, to_.text);
    }
    return wrong;
}

std::optional<mistake> drop_step::bind(columns& of_row) {
    for (const placed& name : names_) {
        std::size_t index = 0;
        if (auto wrong = find(of_row, name, index)) {
            return wrong;
        }
        of_row.remove(index);
        indexes_.push_back(index);
    }
    return std::nullopt;
}

verdict drop_step::apply(row& r) {
    for (const std::size_t index : indexes_) {
        erase(r, index);
    }
    return kept{};
}

std::optional<mistake> default_step::bind(columns& of_row) {
    const auto found = of_row.find(column_.text);
    index_ = found.value_or(of_row.names().size());
    if (!found) {
        of_row.add(column_.text);
    }
    return std::nullopt;
}

verdict default_step::apply(row& r) {
    if (index_ == r.values.size()) {
        r.values.emplace_back(value_);
    } else if (!r.values[index_]) {
        r.values[index_] = value_;
    }
    return kept{};
}

std::optional<mistake> split_step::bind(columns& of_row) {
    if (auto wrong = find(of_row, column_, index_)) {
        return wrong;
    }
    of_row.remove(index_);
    for (const placed& name : into_) {
        if (auto wrong = of_row.refuse(name)) {
            return wrong;
        }
        of_row.add(name.text);
    }
    return std::nullopt;
}

verdict split_step::apply(row& r) {
    auto rest = std::move(r.values[index_]);
    erase(r, index_);
    for (std::size_t i = 0; i < into_.size(); ++i) {
        const auto end = rest && i + 1 < into_.size() ? rest->find(by_) : std::string::npos;
        if (end == std::string::npos) {
            r.values.push_back(std::exchange(rest, std::nullopt));
        } else {
            r.values.emplace_back(rest->substr(0, end));
            rest->erase(0, end + by_.size());
        }
    }
    return kept{};
}

std::optional<mistake> filter_step::bind(columns& of_row) { return find(of_row, column_, index_); }

bool filter_step::keeps(const std::optional<std::string>& value) const {
    const auto is_listed = [&] { return value && std::find(values_.begin(), values_.end(), *value) != values_.end(); };
    switch (how_) {
    case test::one_of: return is_listed();
    case test::none_of: return !is_listed();
    case test::null: return !value;
    case test::not_null: return value.has_value();
    }
    return false;
}

verdict filter_step::apply(row& r) {
    if (keeps(r.values[index_])) {
        return kept{};
    }
    return filtered{};
}

std::optional<mistake> cast_step::bind(columns& of_row) { return find(of_row, column_, index_); }

verdict cast_step::apply(row& r) {
    auto& value = r.values[index_];
    if (!value) {
        return kept{};
    }
    auto converted = cast_.convert(*value);
    if (!converted) {
        return problem{column_.text, value, cast_.complaint(), {}};
    }
    value = std::move(converted);
    return kept{};
}

} // namespace etl
