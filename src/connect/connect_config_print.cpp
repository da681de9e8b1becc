// SPDX-License-Identifier: BSL-1.0
// A configuration as text, for logs: everything but the secrets.
#include <pgcoro/connect_config.hpp>

#include "connect/connect_options.hpp"
#include "connect/conninfo.hpp"

#include <ostream>

namespace pgcoro {
namespace {

std::string in_quotes(const std::string& value) {
    if (!value.empty() && value.find_first_of(" \t\n\v\f\r'\\") == value.npos) {
        return value;
    }
    std::string out = "'";
    for (char c : value) {
        out.append(c == '\'' || c == '\\' ? "\\" : "").push_back(c);
    }
    return out + '\'';
}

} // namespace

std::string to_string(const connect_config& config) {
    const auto& given = config.details();
    std::string out = given.problem ? "(malformed)" : "";
    for (const auto& [keyword, value] : given.settings) {
        out.append(out.empty() ? "" : " ").append(keyword).append("=");
        out += wire::is_secret(keyword) ? "****" : given.files.contains(keyword) ? "(in memory)" : in_quotes(value);
    }
    return out;
}

std::ostream& operator<<(std::ostream& out, const connect_config& config) { return out << to_string(config); }

} // namespace pgcoro
