// SPDX-License-Identifier: BSL-1.0
#include "prerequisite_order.hpp"

#include <algorithm>
#include <set>

namespace migrate {

std::vector<std::string> in_order(const std::vector<std::string>& all, const needs_of& needs) {
    const std::set<std::string> known(all.begin(), all.end());
    std::set<std::string> begun;
    std::vector<std::string> sorted;
    for (const std::string& first : all) {
        // Each name is seen twice: before and after what it needs. Chains can be long, so this does not recurse.
        std::vector<std::pair<std::string, bool>> open{{first, false}};
        while (!open.empty()) {
            const auto [name, is_ready] = open.back();
            open.pop_back();
            if (is_ready) {
                sorted.push_back(name);
                continue;
            }
            if (!known.contains(name) || !begun.insert(name).second) {
                continue;
            }
            open.emplace_back(name, true);
            for (auto [it, end] = needs.equal_range(name); it != end; ++it) {
                open.emplace_back(it->second, false);
            }
        }
    }
    return sorted;
}

std::vector<std::string> all_needs(const std::string& name, const needs_of& needs) {
    std::set<std::string> seen{name};
    std::vector<std::string> found{name};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (auto [it, end] = needs.equal_range(found[i]); it != end; ++it) {
            if (seen.insert(it->second).second) {
                found.push_back(it->second);
            }
        }
    }
    found.erase(found.begin());
    return found;
}

} // namespace migrate
