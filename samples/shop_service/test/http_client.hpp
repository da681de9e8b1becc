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

/// A connection on which tests write and read what they like.
class raw_connection {
public:
    /// `receive_buffer` in bytes; 0: the system's choice.
    explicit raw_connection(std::uint16_t port, int receive_buffer = 0);
    ~raw_connection();
    void write(const std::string& text);
    /// Reads until `text` has come. False if the other side ends the connection before.
    bool read_until(const std::string& text);
    bool read_to_end() { return !read_until("no response has this in it"); }
    const std::string& so_far() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// One that asks for `target` at once.
class open_response : public raw_connection {
public:
    explicit open_response(std::uint16_t port, const std::string& target = "/events", int receive_buffer = 0)
        : raw_connection(port, receive_buffer) {
        write("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    }
};

} // namespace shop_test
