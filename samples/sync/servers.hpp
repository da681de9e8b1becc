// SPDX-License-Identifier: BSL-1.0
// Connections to the source and to targets, with the settings that this program needs.
#pragma once

#include "options.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/result.hpp>

#include <string>

namespace data_sync {

/// With a limit for each answer, or without one: tables may take long to copy.
pgcoro::connect_config config_of(const std::string& dsn, const options& o, bool has_limit);

/// For statements; names of types and tables come with their schemas.
pgcoro::task<pgcoro::connection> connect_source(const options& o);

/// Triggers and foreign keys of the target do not act, if the role may say so: what they do has been done on the source.
/// What is committed is durable, and a session whose program is gone ends.
pgcoro::task<pgcoro::connection> connect_target(target_option t, const options& o, bool has_limit = true);

} // namespace data_sync
