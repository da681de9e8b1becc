// SPDX-License-Identifier: BSL-1.0
// A session at the target.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

#include <string>

namespace migrate {

/// Connects, with settings that make values the same everywhere, and that let a killed run's work end soon.
pgcoro::task<pgcoro::connection> open_target(pgcoro::connect_config config);

/// Of the target's database, as PostgreSQL names it.
pgcoro::task<std::string> read_encoding(pgcoro::connection& db);

} // namespace migrate
