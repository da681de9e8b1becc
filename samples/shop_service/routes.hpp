// SPDX-License-Identifier: BSL-1.0
// Which function answers a request.
#pragma once

#include "http_message.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shop {

class worker;

/// A request on its way to a handler.
struct http_call {
    worker& here;
    const http_request& request;
    const std::vector<std::pair<std::string, std::string>>& query;
    std::int64_t id = 0; ///< what stands for {id} in the path
    std::chrono::steady_clock::time_point deadline;
};

/// Gives the response, or the database's error, which becomes one by `http_status`.
using http_handler = pgcoro::task<http_response> (*)(http_call&);

struct route {
    std::string_view method;
    std::string_view pattern; ///< "{id}" stands for a positive number
    http_handler handler;
};

/// All of them: routes.cpp.
std::span<const route> all_routes() noexcept;

struct route_match {
    const route* found = nullptr;
    std::int64_t id = 0;
    std::string allowed; ///< the methods of that path, if only the method is wrong
};

/// HEAD is answered like GET, without its body.
route_match find_route(std::span<const route> routes, std::string_view method, std::string_view path);

} // namespace shop
