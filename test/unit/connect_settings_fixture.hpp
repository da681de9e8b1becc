// SPDX-License-Identifier: BSL-1.0
// What becomes of a configuration when the settings of its servers are looked up.
#pragma once

#include "connect/connect_settings.hpp"

#include <pgcoro/connect_config.hpp>

#include <cstdlib>
#include <string>

namespace pgcoro::test {

/// An environment variable for the length of a test.
class variable {
public:
    variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~variable() { ::unsetenv(name_); }

private:
    const char* name_;
};

inline std::string parameter(const connect_config& config, const std::string& address, const std::string& keyword) {
    const auto settings = wire::look_up_settings(config);
    if (!settings) {
        return "error: " + settings.error().message();
    }
    const wire::endpoint_plan::attempt attempt{{"db", address, 5432}, session_attrs::any};
    const wire::attempt_parameters parameters(settings.value(), attempt);
    const char* const found = parameters.find(keyword);
    return found ? found : "(unset)";
}

/// "No error" if there is none.
inline error refusal(const connect_config& config) {
    const auto settings = wire::look_up_settings(config);
    return settings ? error() : settings.error();
}

} // namespace pgcoro::test
