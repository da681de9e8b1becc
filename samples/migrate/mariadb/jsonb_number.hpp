// SPDX-License-Identifier: BSL-1.0
// A number of JSON as PostgreSQL's numeric prints it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrate::mariadb {

/// "1.50e1" gives "15.0", "-0" gives "0". Nothing if its exponent is beyond what numeric holds.
std::optional<std::string> jsonb_number(std::string_view number);

} // namespace migrate::mariadb
