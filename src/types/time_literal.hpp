// SPDX-License-Identifier: BSL-1.0
// Dates and times as the server prints them with DateStyle ISO, in their binary form. Other styles are `errc::malformed_value`.
#pragma once

#include <pgcoro/value_writer.hpp>

#include <string_view>

namespace pgcoro::detail {

errc write_date(std::string_view text, value_writer& out);
errc write_timestamp(std::string_view text, bool has_zone, value_writer& out);
errc write_time(std::string_view text, bool has_zone, value_writer& out);

} // namespace pgcoro::detail
