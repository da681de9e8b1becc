// SPDX-License-Identifier: BSL-1.0
// Keeps a copy of published tables until it is killed: replica_program SOURCE SLOT PUBLICATION TARGET
#include "support/replica.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/replication.hpp>
#include <pgcoro/run.hpp>

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

pgcoro::task<> keep(const char* const* arguments) {
    const auto executor = co_await boost::asio::this_coro::executor;
    pgcoro::test::replica copy(arguments[3]);
    pgcoro::connect_config config(arguments[0]);
    pgcoro::backoff_options patience; // the server may be restarting
    patience.attempts = 10'000;
    config.retry(patience);
    pgcoro::replication_options options;
    options.publications.emplace_back(arguments[2]);
    options.position = copy.position();
    options.backoff.maximum = std::chrono::milliseconds(100);
    BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(executor, config));
    BOOST_OUTCOME_CO_TRY(auto stream, co_await c.start(arguments[1], std::move(options)));
    for (;;) {
        while (const auto event = stream.try_next()) {
            if (const auto end = copy.apply(*event)) {
                stream.confirm(*end);
            }
        }
        BOOST_OUTCOME_CO_TRY(const auto event, co_await stream.next());
        if (const auto end = copy.apply(event)) {
            stream.confirm(*end);
        }
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count != 5) {
        return EXIT_FAILURE;
    }
    try {
        const auto ended = pgcoro::run(keep(arguments + 1));
        std::cerr << ended.error().describe() << '\n';
        // The server was not there for too long, or stopped in the middle of the start: another attempt is the caller's.
        return ended.error().connection_lost() ? 2 : EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
