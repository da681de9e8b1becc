// SPDX-License-Identifier: BSL-1.0
// What subjects that work with one connection of pgcoro, in one coroutine, have in common.
#pragma once

#include "../harness.hpp"

#include <pgcoro/connection.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace bench {

class one_connection : public subject {
protected:
    one_connection(std::string name, const pgcoro::connect_config& config) : subject(std::move(name)) { finish(open(config)); }

    pgcoro::connection& connection() noexcept { return *connection_; }

    /// Runs a coroutine to its end.
    void finish(boost::asio::awaitable<void> coroutine) {
        boost::asio::co_spawn(context_, std::move(coroutine), [this](std::exception_ptr e) {
            if (e) {
                std::rethrow_exception(e);
            }
            context_.stop();
        });
        context_.run();
        context_.restart();
    }

private:
    boost::asio::awaitable<void> open(pgcoro::connect_config config) {
        auto connection = co_await pgcoro::connect(config);
        connection_ = std::move(connection).value();
    }

    boost::asio::io_context context_{1};
    std::optional<pgcoro::connection> connection_;
};

} // namespace bench
