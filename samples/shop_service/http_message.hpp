// SPDX-License-Identifier: BSL-1.0
// Requests and responses as the handlers see them, free of Beast.
#pragma once

#include <pgcoro/result.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shop {

/// A request that has been read in full. The views are valid until its response is made.
struct http_request {
    std::string_view method;
    std::string_view target;
    std::string_view content_type;
    /// The header Request-Timeout; empty if there is none.
    std::string_view timeout;
    std::string_view body;
};

/// A body that is made while it is sent: the client's reading sets the pace.
class body_source {
public:
    virtual ~body_source() = default;
    /// The next part; empty at the end. After an error the connection is broken off, so that the client sees that the body is
    /// not complete.
    virtual pgcoro::task<std::string> next() = 0;
};

struct http_response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    /// Sent in chunks instead of `body`.
    std::unique_ptr<body_source> source;
};

} // namespace shop
