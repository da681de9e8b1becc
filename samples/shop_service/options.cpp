// SPDX-License-Identifier: BSL-1.0
#include "options.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace shop {
namespace {

std::optional<long> number(const std::string& text, long lowest, long highest) {
    long value = 0;
    const char* last = text.data() + text.size();
    const auto [end, failed] = std::from_chars(text.data(), last, value);
    const bool is_good = failed == std::errc{} && end == last && value >= lowest && value <= highest;
    return is_good ? std::optional(value) : std::nullopt;
}

/// False if the option is unknown, or its value is not valid.
bool set(options& o, const std::string& name, const std::string& value) {
    if (name == "--address") {
        o.address = value;
        return true;
    }
    const auto n = number(value, name == "--port" ? 0 : 1, name == "--port" ? 65535 : 100'000);
    if (!n) {
        return false;
    }
    if (name == "--port") {
        o.port = static_cast<std::uint16_t>(*n);
    } else if (name == "--threads") {
        o.threads = static_cast<std::size_t>(*n);
    } else if (name == "--connections") {
        o.connections = static_cast<std::size_t>(*n);
    } else if (name == "--slow") {
        o.slow = std::chrono::milliseconds(*n);
    } else if (name == "--drain") {
        o.drain = std::chrono::seconds(*n);
    } else {
        return false;
    }
    return true;
}

} // namespace

const std::string_view usage =
    "usage: shop_service [DSN] [--create-schema] [--address A] [--port N] [--threads N] [--connections N] [--slow MS] "
    "[--drain S]\n"
    "  DSN            a connection string or URI; without it, the PG* variables say where the database is.\n"
    "                 Other users can see it: keep the password in a password file or a service file.\n"
    "  --port         default 8080; 0: any free port\n"
    "  --threads      default: one for each core, if there are connections enough\n"
    "  --connections  default 16: to the database, for all threads together, at least 4 for each: 2 are its multiplexer's, the\n"
    "                 others its pool's. Orders and the plans of slow statements take one more each.\n"
    "  --slow         default 100 ms: the page shows statements that take longer\n"
    "  --drain        default 30 s: how long requests in flight may take after SIGTERM\n";

std::variant<options, std::string> parse(const std::vector<std::string>& arguments) {
    options o;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& a = arguments[i];
        if (a == "--create-schema") {
            o.creates_schema = true;
        } else if (!a.starts_with("--") && i == 0) {
            o.dsn = a;
        } else if (i + 1 == arguments.size()) {
            return a + ": unknown, or its value is missing";
        } else if (!set(o, a, arguments[i + 1])) {
            return a + ": unknown, or its value is not valid";
        } else {
            ++i;
        }
    }
    if (o.connections < least_connections * std::max<std::size_t>(1, o.threads)) {
        return "--connections: at least " + std::to_string(least_connections) + " for each thread";
    }
    return o;
}

} // namespace shop
