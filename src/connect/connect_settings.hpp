// SPDX-License-Identifier: BSL-1.0
// A configuration with everything looked up: the servers, the limits, and what libpq is to be told for each address.
#pragma once

#include "connect/conninfo.hpp"
#include "connect/endpoint_plan.hpp"

#include <pgcoro/connect_config.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
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

/// What libpq is told for one address, as PQconnectStartParams takes it. It points into the settings and the attempt, so that
/// no password is copied: both must outlive it.
class attempt_parameters {
public:
    attempt_parameters(const connect_settings& settings, const endpoint_plan::attempt& attempt);
    attempt_parameters(const attempt_parameters&) = delete;
    attempt_parameters& operator=(const attempt_parameters&) = delete;

    /// Both end with a null.
    const char* const* keywords() const noexcept { return keywords_.data(); }
    const char* const* values() const noexcept { return values_.data(); }
    /// Null if the keyword is not among them.
    const char* find(std::string_view keyword) const noexcept;

private:
    void add(const char* keyword, const char* value);

    std::string port_;
    std::vector<const char*> keywords_;
    std::vector<const char*> values_;
};

} // namespace pgcoro::wire
