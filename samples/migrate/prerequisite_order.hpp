// SPDX-License-Identifier: BSL-1.0
// The order in which types and functions can be made. No I/O.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace migrate {

/// What something needs, by names that only have to be unique.
using needs_of = std::multimap<std::string, std::string>;

/// `all` with everything behind what it needs; otherwise in the order that it has. What is not in `all` is there already.
/// Things that need each other stay in the order that they have.
std::vector<std::string> in_order(const std::vector<std::string>& all, const needs_of& needs);

/// The first that `name` needs, by others or not, for which `is_it` is true; empty if there is none.
template <class Predicate>
std::string find_need(const std::string& name, const needs_of& needs, const Predicate& is_it) {
    std::map<std::string, bool> seen{{name, true}};
    std::vector<std::string> open{name};
    while (!open.empty()) {
        const std::string at = open.back();
        open.pop_back();
        for (auto [it, end] = needs.equal_range(at); it != end; ++it) {
            if (!seen.emplace(it->second, true).second) {
                continue;
            }
            if (is_it(it->second)) {
                return it->second;
            }
            open.push_back(it->second);
        }
    }
    return {};
}

} // namespace migrate
