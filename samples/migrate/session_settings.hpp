// SPDX-License-Identifier: BSL-1.0
// Settings of every session of a migration, beside those of checksums.
#pragma once

#include <string_view>

namespace migrate {

/// No session of a migration may be ended by a time limit of the server: some wait for others.
inline constexpr std::string_view no_time_limits =
    "; set statement_timeout = 0; set lock_timeout = 0; set idle_session_timeout = 0;"
    "set idle_in_transaction_session_timeout = 0;"
    "select set_config(name, '0', false) from pg_catalog.pg_settings where name = 'transaction_timeout'"; // since 17

} // namespace migrate
