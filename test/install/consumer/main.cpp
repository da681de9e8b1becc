// SPDX-License-Identifier: BSL-1.0
// The least a user of the installed library does: connects where the argument says and asks something.
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>

pgcoro::task<int> answer(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    co_return co_await db.fetch_one<int>("select $1 * 2", 21);
}

int main(int argc, char** argv) {
    if (argc != 2) {
        return 2;
    }
    boost::asio::io_context loop;
    auto asked = boost::asio::co_spawn(loop, answer(argv[1]), boost::asio::use_future);
    loop.run();
    const auto given = asked.get();
    if (!given) {
        std::cerr << given.error().describe() << '\n';
        return 1;
    }
    std::cout << given.value() << '\n';
    return given.value() == 42 ? 0 : 1;
}
