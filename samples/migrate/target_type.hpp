// SPDX-License-Identifier: BSL-1.0
// What is known of a type of PostgreSQL by its name.
#pragma once

#include "plan.hpp"

#include <string>
#include <string_view>

namespace migrate {

/// The name without modifiers, in lower case, and by one name only: "int4" and "INTEGER" give "integer",
/// "timestamp(3) with time zone" gives "timestamptz", "varchar(3)" gives "varchar". Others come as they are.
std::string base_type(std::string_view type);

/// A mapping to this type, that says how values are compared: floating point numbers by their bits, other values by their text.
column_mapping mapping_to(std::string type);

} // namespace migrate
