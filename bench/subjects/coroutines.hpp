// SPDX-License-Identifier: BSL-1.0
// Coroutines on one thread, each with one query in flight, on whatever can run a query.
#pragma once

#include "subjects.hpp"

#include "../workload.hpp"

#include <pgcoro/observer.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace bench {

class coroutines : public subject {
public:
    void run(std::size_t queries) override {
        to_send_ = queries;
        for (int i = 0; i != in_flight_; ++i) {
            start(ask_all(i));
        }
        run_until_done();
        accounts_.check();
    }

protected:
    coroutines(std::string name, int in_flight) : subject(std::move(name)), in_flight_(in_flight) {}

    /// What the coroutine of this number does: `ask` somebody.
    virtual boost::asio::awaitable<void> ask_all(int number) = 0;

    template <class Database>
    boost::asio::awaitable<void> ask(Database& db) {
        while (to_send_ != 0) {
            --to_send_;
            const auto balance = co_await db.template fetch_one<std::int32_t>(balance_sql, accounts_.next());
            accounts_.got(balance.value());
        }
    }

    // The context is left when the last coroutine is done: a multiplexer or an open pool would keep it running.
    void start(boost::asio::awaitable<void> coroutine) {
        ++running_;
        boost::asio::co_spawn(context_, std::move(coroutine), [this](std::exception_ptr e) {
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

    boost::asio::io_context context_{1};
    std::size_t to_send_ = 0;
    account_sequence accounts_;

private:
    int in_flight_;
    int running_ = 0;
};

/// With an observer that does nothing.
inline pgcoro::connect_config observed(const std::string& conninfo) {
    pgcoro::connect_config config(conninfo);
    config.observe(std::make_shared<pgcoro::observer>());
    return config;
}

/// "NAME-4x64": connections, queries in flight.
inline std::string name_of(const char* what, int connections, int in_flight) {
    return std::string(what) + '-' + std::to_string(connections) + 'x' + std::to_string(in_flight);
}

} // namespace bench
