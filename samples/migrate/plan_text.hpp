// SPDX-License-Identifier: BSL-1.0
// The plan for people and for machines.
#pragma once

#include "migration_plan.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace migrate {

std::string to_text(const migration_plan& plan);
boost::json::object to_json(const migration_plan& plan);

} // namespace migrate
