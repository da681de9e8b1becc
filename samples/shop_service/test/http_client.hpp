// SPDX-License-Identifier: BSL-1.0
// A blocking HTTP client for the tests.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace shop_test {

struct http_reply {
    int status = 0;
    std::map<std::string, std::string> headers; // names in lower case
    std::string body;

    boost::json::value json() const;
};

using http_headers = std::map<std::string, std::string>;

/// One request on a connection of its own. Throws if there is no response.
http_reply send(std::uint16_t port, const std::string& method, const std::string& target, const std::string& body = {},
                const http_headers& headers = {});
inline http_reply get(std::uint16_t port, const std::string& target, const http_headers& headers = {}) {
    return send(port, "GET", target, {}, headers);
}
http_reply post(std::uint16_t port, const std::string& target, const std::string& json, const http_headers& headers = {});

/// A response that has no end.
class event_reader {
public:
    /// `receive_buffer` in bytes; 0: the system's choice.
    explicit event_reader(std::uint16_t port, int receive_buffer = 0);
    ~event_reader();
    /// Reads until `text` has come. False if the response ends before.
    bool read_until(const std::string& text);
    const std::string& so_far() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace shop_test
