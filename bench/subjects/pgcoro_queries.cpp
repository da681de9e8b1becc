// SPDX-License-Identifier: BSL-1.0
// pgcoro as its users write it: coroutines on one thread, each with one query in flight, over one connection or several.
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace bench {
namespace {

namespace asio = boost::asio;

class pgcoro_queries : public subject {
public:
    pgcoro_queries(const std::string& conninfo, int connections, int in_flight)
        : subject("pgcoro-" + std::to_string(connections) + "x" + std::to_string(in_flight)), in_flight_(in_flight) {
        for (int i = 0; i != connections; ++i) {
            start(open(conninfo));
            context_.run();
            context_.restart();
        }
    }

    void run(std::size_t queries) override {
        to_send_ = queries;
        for (int i = 0; i != in_flight_; ++i) {
            start(ask(connections_[static_cast<std::size_t>(i) % connections_.size()]));
        }
        context_.run();
        context_.restart();
        accounts_.check();
    }

private:
    asio::awaitable<void> open(std::string conninfo) {
        auto connection = co_await pgcoro::connect(conninfo);
        connections_.push_back(std::move(connection).value());
    }

    asio::awaitable<void> ask(pgcoro::connection& connection) {
        while (to_send_ != 0) {
            --to_send_;
            const auto balance = co_await connection.fetch_one<std::int32_t>(balance_sql, accounts_.next());
            accounts_.got(balance.value());
        }
    }

    // The context is left when the last coroutine is done: an idle connection still listens to its server.
    void start(asio::awaitable<void> coroutine) {
        ++running_;
        asio::co_spawn(context_, std::move(coroutine), [this](std::exception_ptr e) {
            if (e) {
                std::rethrow_exception(e);
            }
            if (--running_ == 0) {
                context_.stop();
            }
        });
    }

    asio::io_context context_{1};
    std::vector<pgcoro::connection> connections_;
    std::size_t to_send_ = 0;
    int in_flight_;
    int running_ = 0;
    account_sequence accounts_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro(const std::string& conninfo, int connections, int in_flight) {
    return std::make_unique<pgcoro_queries>(conninfo, connections, in_flight);
}

} // namespace bench
