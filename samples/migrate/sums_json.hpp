// SPDX-License-Identifier: BSL-1.0
// Sums as JSON, for the bookkeeping and for reports.
#pragma once

#include "table_sums.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>

namespace migrate {

boost::json::object to_json(const column_sums& s);
/// With the sample.
boost::json::object to_json(const table_sums& s);
/// Nothing if it is something else.
std::optional<table_sums> sums_from_json(const boost::json::value& v);

} // namespace migrate
