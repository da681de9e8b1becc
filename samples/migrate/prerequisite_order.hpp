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

/// Everything that `name` needs, by others or not, the nearest first. Not itself.
std::vector<std::string> all_needs(const std::string& name, const needs_of& needs);

} // namespace migrate
