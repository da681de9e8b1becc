// SPDX-License-Identifier: BSL-1.0
// Sums as JSON, for the bookkeeping and for reports.
#pragma once

#include "source.hpp"
#include "table_sums.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <vector>

namespace migrate {

boost::json::object to_json(const column_sums& s);
/// With the sample.
boost::json::object to_json(const table_sums& s);
/// Nothing if it is something else.
std::optional<table_sums> sums_from_json(const boost::json::value& v);

boost::json::array to_json(const std::vector<replaced_values>& values);
/// Empty if it is something else.
std::vector<replaced_values> replaced_from_json(const boost::json::value& v);

} // namespace migrate
