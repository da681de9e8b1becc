// SPDX-License-Identifier: BSL-1.0
// Arrays of text as PostgreSQL prints them.
#pragma once

#include <string>
#include <string_view>

namespace migrate::mariadb {

/// The labels of a set, "a,b c", as an array: {a,"b c"}. An empty set is an empty array. Labels have no commas.
std::string array_of_labels(std::string_view set);

} // namespace migrate::mariadb
