// SPDX-License-Identifier: BSL-1.0
// The least a user of the component prometheus does: measures a connection, and shows what was measured.
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/prometheus/metrics.hpp>

#include <prometheus/registry.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>

pgcoro::task<int> answer(pgcoro::connect_config where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    co_return co_await db.fetch_one<int>("select $1 * 2", 21).named("answer");
}

int main(int argc, char** argv) {
    if (argc != 2) {
        return 2;
    }
    const auto measured = std::make_shared<pgcoro::prometheus::metrics>(std::make_shared<prometheus::Registry>());
    pgcoro::connect_config where(argv[1]);
    where.observe(measured);
    boost::asio::io_context loop;
    auto asked = boost::asio::co_spawn(loop, answer(where), boost::asio::use_future);
    loop.run();
    if (const auto given = asked.get(); !given) {
        std::cerr << given.error().describe() << '\n';
        return 1;
    }
    const std::string text = measured->text();
    std::cout << text;
    return text.find("db_query_summary=\"answer\"") == text.npos ? 1 : 0;
}
