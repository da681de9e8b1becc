// SPDX-License-Identifier: BSL-1.0
#include "http_connection.hpp"

#include "problem.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <chrono>
#include <optional>

namespace shop {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr std::size_t longest_header = 16 * 1024;
constexpr std::size_t longest_body = 64 * 1024;
constexpr auto idle_limit = 60s;  // between requests
constexpr auto read_limit = 10s;  // of a request's body
constexpr auto write_limit = 10s; // of a response, or a part of one: a client that does not read is dropped

auto into(error_code& failed) { return asio::redirect_error(asio::use_awaitable, failed); }

using parser = http::request_parser<http::string_body>;

http_request view_of(const parser& read) {
    const auto& message = read.get();
    http_request request;
    request.method = message.method_string();
    request.target = message.target();
    request.content_type = message[http::field::content_type];
    request.timeout = message["Request-Timeout"];
    request.body = message.body();
    return request;
}

/// The response to what is no valid request.
http_response refusal(error_code why) {
    if (why == http::error::body_limit) {
        return problem(413, "The body is too large", "A body has at most 65536 bytes");
    }
    if (why == http::error::header_limit || why == http::error::buffer_overflow) {
        return problem(431, "The header is too large");
    }
    return problem(400, "This is not a valid HTTP request");
}

bool is_from_parser(error_code why) {
    return why.category() == make_error_code(http::error::bad_method).category() && why != http::error::end_of_stream &&
           why != http::error::partial_message;
}

class connection final : public http_connection, public std::enable_shared_from_this<connection> {
public:
    connection(asio::ip::tcp::socket socket, http_host& host) : stream_(std::move(socket)), host_(host) {}

    asio::awaitable<void> run();

    void stop() override {
        if (is_idle_) {
            stream_.close();
        }
    }
    void abort() override { stream_.close(); }

private:
    asio::awaitable<error_code> read(parser& in);
    asio::awaitable<bool> write(http_response response, unsigned version, bool is_head, bool keeps_alive);
    asio::awaitable<bool> write_source(body_source& source, bool is_chunked);
    asio::awaitable<void> close_slowly();

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_{longest_header + longest_body};
    http_host& host_;
    bool is_idle_ = true;
};

asio::awaitable<error_code> connection::read(parser& in) {
    stream_.expires_after(idle_limit);
    is_idle_ = true;
    error_code failed;
    co_await http::async_read_header(stream_, buffer_, in, into(failed));
    is_idle_ = false;
    if (failed) {
        co_return failed;
    }
    stream_.expires_after(read_limit);
    if (beast::iequals(in.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> go_on(http::status::continue_, in.get().version());
        co_await http::async_write(stream_, go_on, into(failed));
        if (failed) {
            co_return failed;
        }
    }
    co_await http::async_read(stream_, buffer_, in, into(failed));
    co_return failed;
}

asio::awaitable<bool> connection::write_source(body_source& source, bool is_chunked) {
    for (;;) {
        stream_.expires_never();
        auto part = co_await source.next();
        if (!part) {
            co_return false;
        }
        stream_.expires_after(write_limit);
        const std::string& bytes = part.value();
        error_code failed;
        if (!is_chunked) {
            co_await asio::async_write(stream_, asio::buffer(bytes), into(failed));
        } else if (!bytes.empty()) {
            const auto chunk = http::make_chunk(asio::buffer(bytes));
            co_await asio::async_write(stream_, chunk, into(failed));
        } else {
            const auto last = http::make_chunk_last();
            co_await asio::async_write(stream_, last, into(failed));
        }
        if (failed || bytes.empty()) {
            co_return !failed && is_chunked;
        }
    }
}

/// True if the connection can take another request.
asio::awaitable<bool> connection::write(http_response response, unsigned version, bool is_head, bool keeps_alive) {
    http::response<http::empty_body> head(static_cast<http::status>(response.status), version);
    head.set(http::field::server, host_.server_name());
    head.set(http::field::content_type, response.content_type);
    head.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) {
        head.set(name, value);
    }
    const bool is_chunked = response.source && version >= 11;
    const bool lasts = keeps_alive && (is_chunked || !response.source);
    head.keep_alive(lasts);
    if (is_chunked) {
        head.chunked(true);
    } else if (!response.source) {
        head.content_length(response.body.size());
    }
    stream_.expires_after(write_limit);
    error_code failed;
    if (response.source || is_head) {
        http::response_serializer<http::empty_body> header(head);
        co_await http::async_write_header(stream_, header, into(failed));
        if (failed) {
            co_return false;
        }
        if (!is_head && !co_await write_source(*response.source, is_chunked)) {
            stream_.close(); // the body is not complete, or its end is that of the connection
            co_return false;
        }
        co_return lasts;
    }
    http::response<http::string_body> whole(std::move(head.base()), std::move(response.body));
    co_await http::async_write(stream_, whole, into(failed));
    co_return lasts && !failed;
}

/// A socket that is closed while there is something left to read is reset, and the client may never see the response.
asio::awaitable<void> connection::close_slowly() {
    error_code failed;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, failed);
    stream_.expires_after(2s);
    std::array<char, 4096> rest{};
    failed = {};
    for (std::size_t left = 1024 * 1024; !failed && left > rest.size(); left -= rest.size()) {
        co_await stream_.async_read_some(asio::buffer(rest), into(failed));
    }
    stream_.close();
}

asio::awaitable<void> connection::run() {
    for (bool lasts = true; lasts && !host_.is_stopping();) {
        parser in;
        in.header_limit(longest_header);
        in.body_limit(longest_body);
        const auto failed = co_await read(in);
        if (failed) {
            if (is_from_parser(failed)) {
                static_cast<void>(co_await write(refusal(failed), 11, false, false));
            }
            break;
        }
        const auto request = view_of(in);
        auto response = co_await host_.answer(request);
        const bool is_head = in.get().method() == http::verb::head;
        const bool keeps_alive = in.keep_alive() && !host_.is_stopping();
        lasts = co_await write(std::move(response), in.get().version(), is_head, keeps_alive);
    }
    if (stream_.socket().is_open()) {
        co_await close_slowly();
    }
}

} // namespace

void serve_http(asio::ip::tcp::socket socket, http_host& host) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto executor = socket.get_executor();
    const auto served = std::make_shared<connection>(std::move(socket), host);
    host.on_begin(*served);
    asio::co_spawn(executor, served->run(), [served, &host](const std::exception_ptr&) { host.on_end(*served); });
}

} // namespace shop
