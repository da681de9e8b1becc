// SPDX-License-Identifier: BSL-1.0
// pgcoro's multiplexer as its users write it: coroutines on one thread, each with one query in flight, that know of no
// connection.
#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace bench {
namespace {

namespace asio = boost::asio;

pgcoro::multiplexer_options with_lanes(int lanes) {
    pgcoro::multiplexer_options options;
    options.lanes = static_cast<std::size_t>(lanes);
    return options;
}

class pgcoro_mux : public subject {
public:
    pgcoro_mux(const std::string& conninfo, int lanes, int in_flight)
        : subject("pgcoro-mux-" + std::to_string(lanes) + "x" + std::to_string(in_flight)),
          bank_(context_.get_executor(), conninfo, with_lanes(lanes)),
          in_flight_(in_flight) {
        start(open());
        run_until_done();
    }

    void run(std::size_t queries) override {
        to_send_ = queries;
        for (int i = 0; i != in_flight_; ++i) {
            start(ask());
        }
        run_until_done();
        accounts_.check();
    }

private:
    asio::awaitable<void> open() {
        const auto opened = co_await bank_.open();
        opened.value();
    }

    asio::awaitable<void> ask() {
        while (to_send_ != 0) {
            --to_send_;
            const auto balance = co_await bank_.fetch_one<std::int32_t>(balance_sql, accounts_.next());
            accounts_.got(balance.value());
        }
    }

    // The context is left when the last coroutine is done: a multiplexer listens as long as it is open.
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

    void run_until_done() {
        context_.run();
        context_.restart();
    }

    asio::io_context context_{1};
    pgcoro::multiplexer bank_;
    std::size_t to_send_ = 0;
    int in_flight_;
    int running_ = 0;
    account_sequence accounts_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_mux(const std::string& conninfo, int lanes, int in_flight) {
    return std::make_unique<pgcoro_mux>(conninfo, lanes, in_flight);
}

} // namespace bench
