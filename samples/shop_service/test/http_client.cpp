// SPDX-License-Identifier: BSL-1.0
#include "http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

namespace shop_test {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

tcp::endpoint here(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

std::string in_lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

} // namespace

boost::json::value http_reply::json() const { return boost::json::parse(body); }

http_reply send(std::uint16_t port, const std::string& method, const std::string& target, const std::string& body,
                const http_headers& headers) {
    asio::io_context context;
    tcp::socket socket(context);
    socket.connect(here(port));
    http::request<http::string_body> request;
    request.method_string(method);
    request.target(target);
    request.version(11);
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::connection, "close");
    for (const auto& [name, value] : headers) {
        request.set(name, value);
    }
    request.body() = body;
    request.prepare_payload();
    boost::system::error_code refused; // a server that refuses a body may not read all of it
    http::write(socket, request, refused);
    http::response_parser<http::string_body> response;
    response.body_limit(std::numeric_limits<std::uint64_t>::max());
    response.skip(method == "HEAD");
    boost::beast::flat_buffer buffer;
    http::read(socket, buffer, response);
    http_reply reply;
    reply.status = static_cast<int>(response.get().result_int());
    reply.body = response.get().body();
    for (const auto& field : response.get()) {
        reply.headers[in_lower_case(std::string(field.name_string()))] = std::string(field.value());
    }
    return reply;
}

http_reply post(std::uint16_t port, const std::string& target, const std::string& json, const http_headers& headers) {
    auto all = headers;
    all.try_emplace("Content-Type", "application/json");
    return send(port, "POST", target, json, all);
}

struct raw_connection::state {
    asio::io_context context;
    tcp::socket socket{context};
    std::string text;
};

raw_connection::raw_connection(std::uint16_t port, int receive_buffer) : state_(std::make_unique<state>()) {
    state_->socket.open(tcp::v4());
    if (receive_buffer != 0) {
        state_->socket.set_option(tcp::socket::receive_buffer_size(receive_buffer));
    }
    state_->socket.connect(here(port));
}

raw_connection::~raw_connection() = default;

void raw_connection::write(const std::string& text) { asio::write(state_->socket, asio::buffer(text)); }

bool raw_connection::read_until(const std::string& text) {
    for (std::size_t looked = 0; state_->text.find(text, looked) == std::string::npos;) {
        looked = state_->text.size() - std::min(state_->text.size(), text.size());
        std::array<char, 65536> part{};
        boost::system::error_code ended;
        const auto size = state_->socket.read_some(asio::buffer(part), ended);
        if (ended) {
            return false;
        }
        state_->text.append(part.data(), size);
    }
    return true;
}

const std::string& raw_connection::so_far() const noexcept { return state_->text; }

} // namespace shop_test
