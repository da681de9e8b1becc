// SPDX-License-Identifier: BSL-1.0
// Writes the changes of published tables to a file, as lines of JSON, until it is interrupted.
//
// usage: change_feed DSN PUBLICATION SLOT FILE
//
// The first time, it creates the slot. Later it continues where it was, even if it was killed: no transaction is missing in
// the file, and none is there twice.
#include "feed.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/replication.hpp>
#include <pgcoro/run.hpp>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

namespace {

pgcoro::task<> run(std::vector<std::string> arguments) {
    const auto executor = co_await boost::asio::this_coro::executor;
    const std::string slot = arguments[2];
    change_feed::feed_file file(arguments[3]);
    BOOST_OUTCOME_CO_TRY(file.open());
    // [start]
    BOOST_OUTCOME_CO_TRY(auto connection, co_await pgcoro::connect_replication(executor, arguments[0]));
    if (!file.position()) {
        const auto created = co_await connection.create_slot(slot);
        if (!created && created.error() != pgcoro::sqlstate::duplicate_object) { // killed before it had stored a position
            co_return created.error();
        }
    }
    pgcoro::replication_options options;
    options.publications.push_back(arguments[1]);
    options.position = file.position();
    options.binary = false; // types whose binary format is not known are strings in JSON, instead of errors
    options.on_lost = [](const pgcoro::error& why) { std::cerr << "change_feed: " << why << "; trying again\n"; };
    BOOST_OUTCOME_CO_TRY(auto stream, co_await connection.start(slot, options));
    // [/start]
    change_feed::feed feed(std::move(stream), file);
    boost::asio::signal_set signals(executor, SIGINT, SIGTERM);
    signals.async_wait([&feed](boost::system::error_code failed, int) {
        if (!failed) {
            feed.stop();
        }
    });
    co_return co_await feed.run();
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() != 4) {
        std::cerr << "usage: change_feed DSN PUBLICATION SLOT FILE\n";
        return 2;
    }
    const auto done = pgcoro::run(run(arguments));
    if (!done) {
        std::cerr << "change_feed: " << done.error() << '\n';
    }
    return done ? 0 : 1;
}
