// SPDX-License-Identifier: BSL-1.0
// A configuration with everything looked up: the servers, the limits, and what libpq is to be told for each address.
#pragma once

#include "connect/conninfo.hpp"
#include "connect/endpoint_plan.hpp"

#include <pgcoro/connect_config.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace pgcoro::wire {

struct connect_settings {
    std::vector<server> servers;
    endpoint_plan::options plan;
    /// For one attempt; nothing: no limit.
    std::optional<std::chrono::milliseconds> attempt_timeout;
    std::vector<std::string> pins;
    /// For libpq, but for what depends on the address. `sslmode` only if it was set.
    settings_map parameters;
    /// Where libpq looks for a password; empty if it has one.
    std::string passfile;
    /// Some of it may be from a service file.
    bool is_from_service = false;
};

result<connect_settings> look_up_settings(const connect_config& config);

/// What libpq is told for one address.
settings_map parameters_for(const connect_settings& settings, const endpoint_plan::attempt& attempt);

} // namespace pgcoro::wire
