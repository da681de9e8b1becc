// SPDX-License-Identifier: BSL-1.0
// Dates and times as MariaDB writes them, some of which no calendar has.
#pragma once

#include <string_view>

namespace migrate::mariadb {

/// Whether a text that begins with "2024-02-29" names a day that PostgreSQL has: '0000-00-00', '2024-00-10' and '2023-02-31' do
/// not, nor does any day of the year 0.
bool is_real_date(std::string_view text);

/// "08:00:00.500000" as PostgreSQL shows it: "08:00:00.5"; "08:00:00.000" as "08:00:00".
std::string_view without_trailing_zeros(std::string_view time);

/// Whether a time, "-838:59:59.000", is between 00:00:00 and 23:59:59.999999.
bool is_time_of_day(std::string_view time);

} // namespace migrate::mariadb
