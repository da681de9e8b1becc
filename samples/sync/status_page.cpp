// SPDX-License-Identifier: BSL-1.0
#include "status_page.hpp"

#include "embedded_page.hpp"

#include <problem.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <utility>
#include <vector>

namespace data_sync {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

shop::http_response file(std::string_view type, std::string_view text) {
    shop::http_response response;
    response.content_type = type;
    response.body = text;
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                                  "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    return response;
}

pgcoro::result<tcp::endpoint> parse_endpoint(const std::string& where) {
    const auto colon = where.rfind(':');
    std::string address = where.substr(0, colon);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    }
    error_code failed;
    const auto parsed = asio::ip::make_address(address, failed);
    std::uint16_t port = 0;
    const char* const end = where.data() + where.size();
    const auto number = colon == std::string::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                                   : std::from_chars(where.data() + colon + 1, end, port);
    if (failed || number.ec != std::errc() || number.ptr != end) {
        return pgcoro::error(pgcoro::errc::invalid_configuration, "--http takes ADDRESS:PORT, such as 127.0.0.1:8080");
    }
    return tcp::endpoint(parsed, port);
}

} // namespace

status_page::status_page(const asio::any_io_executor& executor) : acceptor_(executor), events_(executor) {}

pgcoro::result<std::string> status_page::listen(const std::string& where) {
    BOOST_OUTCOME_TRY(const auto endpoint, parse_endpoint(where));
    error_code failed;
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) {
        acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
        acceptor_.bind(endpoint, failed);
    }
    if (!failed) {
        acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    }
    if (failed) {
        return pgcoro::error(failed, "cannot listen on " + where + ": " + failed.message());
    }
    asio::co_spawn(acceptor_.get_executor(), accept(), asio::detached);
    const auto bound = acceptor_.local_endpoint();
    const auto host = bound.address().is_v6() ? '[' + bound.address().to_string() + ']' : bound.address().to_string();
    return "http://" + host + ':' + std::to_string(bound.port()) + '/';
}

asio::awaitable<void> status_page::accept() {
    while (!is_stopping_) {
        error_code failed;
        auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failed));
        if (!failed && !is_stopping_) {
            shop::serve_http(std::move(socket), *this);
        } else if (!is_stopping_) {
            asio::steady_timer pause(acceptor_.get_executor(), std::chrono::milliseconds(100)); // no descriptors left
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
        }
    }
}

void status_page::show(std::string state) {
    state_ = std::move(state);
    events_.publish(std::make_shared<const std::string>(shop::format_event("state", state_)));
}

void status_page::stop() {
    is_stopping_ = true;
    acceptor_.close();
    events_.close();
    const std::vector<shop::http_connection*> open(connections_.begin(), connections_.end());
    for (auto* const c : open) {
        c->abort();
    }
}

asio::awaitable<shop::http_response> status_page::answer(const shop::http_request& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        auto response = shop::problem(405, "This page can only be read");
        response.headers.emplace_back("Allow", "GET, HEAD");
        co_return response;
    }
    const auto path = request.target.substr(0, request.target.find('?'));
    if (path == "/") {
        co_return file("text/html; charset=utf-8", embedded::sync_html);
    }
    if (path == "/sync.css") {
        co_return file("text/css; charset=utf-8", embedded::sync_css);
    }
    if (path == "/sync.js") {
        co_return file("text/javascript; charset=utf-8", embedded::sync_js);
    }
    if (path == "/status") {
        shop::http_response response;
        response.body = state_;
        co_return response;
    }
    if (path == "/events") {
        shop::http_response response;
        response.content_type = "text/event-stream";
        response.headers.emplace_back("Cache-Control", "no-store");
        response.source = events_.subscribe();
        events_.publish(std::make_shared<const std::string>(shop::format_event("state", state_)));
        co_return response;
    }
    co_return shop::problem(404, "There is no such thing");
}

} // namespace data_sync
