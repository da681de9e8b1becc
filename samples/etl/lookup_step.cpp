// SPDX-License-Identifier: BSL-1.0
#include "lookup_step.hpp"

#include "common/copy_text.hpp"

namespace etl {
namespace {

/// No two lists of values give the same text.
void append_key(std::string& key, const std::optional<std::string>& value) {
    common::append_copy_text(key, value);
    key += '\t';
}

} // namespace

std::optional<mistake> lookup_step::bind(columns& of_row) {
    for (const placed& name : settings_.columns) {
        auto found = of_row.require(name);
        if (auto* wrong = std::get_if<mistake>(&found)) {
            return std::move(*wrong);
        }
        indexes_.push_back(std::get<std::size_t>(found));
    }
    for (const placed& name : settings_.added) {
        if (auto wrong = of_row.refuse(name)) {
            return wrong;
        }
        of_row.add(name.text);
    }
    return std::nullopt;
}

std::vector<std::string> lookup_step::needed() const {
    auto names = settings_.matched;
    for (const placed& name : settings_.added) {
        names.push_back(name.text);
    }
    return names;
}

bool lookup_step::add(const std::vector<std::optional<std::string>>& values) {
    const auto keys = settings_.matched.size();
    std::string key;
    for (std::size_t i = 0; i < keys; ++i) {
        if (!values[i]) {
            return true;
        }
        append_key(key, values[i]);
    }
    const auto rest = values.begin() + static_cast<std::ptrdiff_t>(keys);
    return found_.try_emplace(std::move(key), rest, values.end()).second;
}

verdict lookup_step::apply(row& r) {
    std::string key;
    bool is_null = false;
    for (const std::size_t index : indexes_) {
        is_null = is_null || !r.values[index];
        append_key(key, r.values[index]);
    }
    const auto found = is_null ? found_.end() : found_.find(key);
    if (found != found_.end()) {
        r.values.insert(r.values.end(), found->second.begin(), found->second.end());
        return kept{};
    }
    if (settings_.when_missing == missing::reject) {
        return problem{settings_.columns[0].text, r.values[indexes_[0]], "the lookup has no row for it", {}};
    }
    r.values.resize(r.values.size() + settings_.added.size());
    return kept{};
}

} // namespace etl
