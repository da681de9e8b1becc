// SPDX-License-Identifier: BSL-1.0
// The tutorial's first program, complete.
// [program]
#include <pgcoro/pgcoro.hpp>

#include <cstdlib>
#include <iostream>

pgcoro::task<> greet(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(auto greeting, co_await db.fetch_one<std::string>("select 'Hello, ' || $1 || '!'", "world"));
    std::cout << greeting << '\n';
    co_return pgcoro::success();
}

int main(int argc, char** argv) {
    const auto outcome = pgcoro::run(greet(argc > 1 ? argv[1] : ""));
    if (!outcome) {
        std::cerr << outcome.error() << '\n';
        return EXIT_FAILURE;
    }
}
// [/program]
