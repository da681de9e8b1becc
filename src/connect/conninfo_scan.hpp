// SPDX-License-Identifier: BSL-1.0
// Finds the keywords in a connection string: to say where one is wrong, and to take out what only we understand.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::wire {

/// One `keyword = value` of a string of keywords, or one `keyword=value` of a URI's query; offsets in bytes.
struct conninfo_setting {
    std::string_view keyword;
    std::string value; // without quotes and escapes (keywords), as it stands (URI); empty if nobody will ask
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct conninfo_problem {
    std::size_t at = 0;
    std::string_view what;
};

struct conninfo_scan {
    std::vector<conninfo_setting> settings;
    std::optional<conninfo_problem> problem;
    bool is_uri = false;
};

conninfo_scan scan_conninfo(std::string_view text);

/// The text without one of its settings.
std::string without(std::string_view text, const conninfo_scan& scan, const conninfo_setting& setting);

} // namespace pgcoro::wire
