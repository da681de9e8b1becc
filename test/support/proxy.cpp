// SPDX-License-Identifier: BSL-1.0
#include "support/proxy.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace pgcoro::test {

proxy::proxy(asio::io_context& loop, const testing::ephemeral_server& server)
    : path_(server.socket_directory() / ".s.PGSQL.1"), config_(server.dsn()), acceptor_(loop), client_(loop), server_(loop) {
    std::filesystem::remove(path_);
    acceptor_.open();
    acceptor_.bind(path_.string());
    acceptor_.listen();
    config_.port(1);
    const auto upstream = server.socket_directory() / (".s.PGSQL." + std::to_string(server.port()));
    asio::co_spawn(loop, serve(upstream.string()), asio::detached);
}

proxy::~proxy() { std::filesystem::remove(path_); }

void proxy::pass_on() {
    keeping_ = false;
    asio::co_spawn(client_.get_executor(), pass_kept(), asio::detached);
}

void proxy::say(std::string_view bytes) { asio::write(client_, asio::buffer(bytes)); }

void proxy::cut() {
    boost::system::error_code ignored;
    client_.close(ignored);
    server_.close(ignored);
}

asio::awaitable<void> proxy::serve(std::string upstream) {
    client_ = co_await acceptor_.async_accept(asio::use_awaitable);
    acceptor_.close();
    co_await server_.async_connect(protocol::endpoint(upstream), asio::use_awaitable);
    asio::co_spawn(client_.get_executor(), to_server(), asio::detached);
    co_await to_client();
}

asio::awaitable<void> proxy::to_server() {
    boost::system::error_code ended;
    while (!ended) {
        const auto size =
            co_await client_.async_read_some(asio::buffer(said_), asio::redirect_error(asio::use_awaitable, ended));
        heard_.take({said_.data(), size});
        kept_.append(said_.data(), size);
        co_await pass_kept();
    }
    cut();
}

asio::awaitable<void> proxy::pass_kept() {
    if (std::exchange(passing_, true)) {
        co_return;
    }
    boost::system::error_code ended;
    while (!ended && !keeping_ && !kept_.empty()) {
        const auto bytes = std::exchange(kept_, {});
        co_await asio::async_write(server_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ended));
    }
    passing_ = false;
}

asio::awaitable<void> proxy::to_client() {
    boost::system::error_code ended;
    while (!ended) {
        const auto size =
            co_await server_.async_read_some(asio::buffer(answered_), asio::redirect_error(asio::use_awaitable, ended));
        if (!ended && !swallowing_) {
            co_await asio::async_write(client_, asio::buffer(answered_, size),
                                       asio::redirect_error(asio::use_awaitable, ended));
        }
    }
    cut();
}

} // namespace pgcoro::test
