// SPDX-License-Identifier: BSL-1.0
// Dates and times in ISO 8601, as SQLite's functions write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrate::sqlite {

/// "2026-11-29". All results are as PostgreSQL prints them.
std::optional<std::string> read_date(std::string_view text);
/// "08:00", "08:00:00.5": hours below 24, at most six digits behind the point.
std::optional<std::string> read_time(std::string_view text);
/// "2026-11-29 08:00", "2026-11-29T08:00:00.5", "2026-11-29". A time zone is refused: it would be lost.
std::optional<std::string> read_timestamp(std::string_view text);
/// The same with "Z" or "+02:00" behind it; without, it is UTC. The result is in UTC: "2026-11-29 06:00:00+00".
std::optional<std::string> read_timestamptz(std::string_view text);

} // namespace migrate::sqlite
