// SPDX-License-Identifier: BSL-1.0
// A pool of pgcoro: coroutines on one thread whose statements each borrow a connection.
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace bench {
namespace {

namespace asio = boost::asio;

pgcoro::pool_options of_size(int connections) {
    pgcoro::pool_options options;
    options.max_size = static_cast<std::size_t>(connections);
    return options;
}

class pgcoro_pool : public subject {
public:
    pgcoro_pool(const std::string& conninfo, int connections, int in_flight)
        : subject("pool-" + std::to_string(connections) + "x" + std::to_string(in_flight)),
          db_(context_.get_executor(), conninfo, of_size(connections)),
          in_flight_(in_flight) {}

    void run(std::size_t queries) override {
        to_send_ = queries;
        for (int i = 0; i != in_flight_; ++i) {
            start(ask());
        }
        context_.run();
        context_.restart();
        accounts_.check();
    }

private:
    asio::awaitable<void> ask() {
        while (to_send_ != 0) {
            --to_send_;
            const auto balance = co_await db_.fetch_one<std::int32_t>(balance_sql, accounts_.next());
            accounts_.got(balance.value());
        }
    }

    // The context is left when the last coroutine is done: an open pool keeps it running.
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
    pgcoro::pool db_;
    std::size_t to_send_ = 0;
    int in_flight_;
    int running_ = 0;
    account_sequence accounts_;
};

} // namespace

std::unique_ptr<subject> make_pool(const std::string& conninfo, int connections, int in_flight) {
    return std::make_unique<pgcoro_pool>(conninfo, connections, in_flight);
}

} // namespace bench
