// SPDX-License-Identifier: BSL-1.0
#include "http_client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace bench::service {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

auto into(error_code& failed) { return asio::redirect_error(asio::use_awaitable, failed); }

} // namespace

http_client::http_client(asio::any_io_executor executor, asio::ip::tcp::endpoint server)
    : server_(std::move(server)), socket_(std::move(executor)) {}

asio::awaitable<bool> http_client::connect() {
    error_code failed;
    co_await socket_.async_connect(server_, into(failed));
    if (!failed) {
        socket_.set_option(asio::ip::tcp::no_delay(true), failed);
    }
    co_return !failed;
}

asio::awaitable<response_parser> http_client::exchange(std::string_view target) {
    request_.assign("GET ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");
    error_code failed;
    co_await asio::async_write(socket_, asio::buffer(request_), into(failed));
    response_parser response;
    while (!failed && response.current() == response_parser::state::incomplete) {
        const auto size = co_await socket_.async_read_some(asio::buffer(buffer_), into(failed));
        const auto taken = response.feed({buffer_.data(), size});
        if (taken != size) {
            failed = asio::error::invalid_argument; // more than was asked for: nothing after it can be trusted
        }
    }
    if (failed == asio::error::eof) {
        response.on_end();
    } else if (failed) {
        response = response_parser();
    }
    co_return response;
}

asio::awaitable<int> http_client::get(std::string_view target, std::string& body) {
    body.clear();
    if (!socket_.is_open() && !co_await connect()) {
        abort();
        co_return 0;
    }
    const auto response = co_await exchange(target);
    const bool is_complete = response.current() == response_parser::state::complete;
    if (!is_complete || !response.keeps_alive()) {
        abort();
    }
    if (!is_complete) {
        co_return 0;
    }
    body = response.body();
    co_return response.status();
}

void http_client::abort() {
    error_code ignored;
    socket_.close(ignored);
}

} // namespace bench::service
