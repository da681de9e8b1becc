// SPDX-License-Identifier: BSL-1.0
#include "routes.hpp"

#include <charconv>

namespace shop {
namespace {

constexpr std::string_view placeholder = "{id}";

bool matches(std::string_view pattern, std::string_view path, std::int64_t& id) {
    const auto at = pattern.find(placeholder);
    if (at == std::string_view::npos) {
        return pattern == path;
    }
    if (!path.starts_with(pattern.substr(0, at))) {
        return false;
    }
    path.remove_prefix(at);
    const char* last = path.data() + path.size();
    const auto [end, failed] = std::from_chars(path.data(), last, id);
    return failed == std::errc{} && id > 0 && pattern.substr(at + placeholder.size()) == std::string_view(end, last);
}

} // namespace

route_match find_route(std::span<const route> routes, std::string_view method, std::string_view path) {
    route_match match;
    for (const auto& r : routes) {
        std::int64_t id = 0;
        if (!matches(r.pattern, path, id)) {
            continue;
        }
        if (r.method == method || (r.method == "GET" && method == "HEAD")) {
            match.found = &r;
            match.id = id;
            return match;
        }
        match.allowed.append(match.allowed.empty() ? "" : ", ").append(r.method == "GET" ? "GET, HEAD" : r.method);
    }
    return match;
}

} // namespace shop
