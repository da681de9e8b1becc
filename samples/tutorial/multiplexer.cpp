// SPDX-License-Identifier: BSL-1.0
// The snippets of the page on the multiplexer.
#include "run.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [share]
pgcoro::task<std::string> title_of(pgcoro::multiplexer& db, std::int64_t id) {
    co_return co_await db.fetch_one<std::string>("select title from books where id = $1", id);
}

pgcoro::task<> serve(pgcoro::multiplexer& db) {
    const auto executor = co_await asio::this_coro::executor;
    using one = decltype(asio::co_spawn(executor, title_of(db, 1), asio::deferred));
    std::vector<one> all;
    for (std::int64_t id = 1; id <= 1000; ++id) {
        all.push_back(asio::co_spawn(executor, title_of(db, id), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all));
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& title : std::get<2>(done)) {
        BOOST_OUTCOME_CO_TRY(title);
    }
    co_return pgcoro::success();
}
// [/share]

// [open]
pgcoro::task<> start(std::string where) {
    pgcoro::multiplexer_options options;
    options.lanes = 2;
    options.deadline = 5s;
    options.on_lane_lost = [](std::size_t lane, const pgcoro::error& why) {
        std::cerr << "lane " << lane << " is lost: " << why << '\n';
    };
    pgcoro::multiplexer db(co_await asio::this_coro::executor, where, options);
    BOOST_OUTCOME_CO_TRY(co_await db.open());
    BOOST_OUTCOME_CO_TRY(co_await serve(db));
    co_return pgcoro::success();
}
// [/open]

pgcoro::task<> refusal(pgcoro::multiplexer& db) {
    // [refused]
    auto refused = co_await db.execute("set statement_timeout = '5s'");
    expect(refused.error() == pgcoro::errc::not_multiplexable);
    std::cout << refused.error().message() << '\n'; // "set" changes the session, which a multiplexer shares
    // [/refused]
    co_return pgcoro::success();
}

// [retry]
pgcoro::task<std::int64_t> count(pgcoro::multiplexer& db) {
    for (int attempt = 1;; ++attempt) {
        auto n = co_await db.fetch_one<std::int64_t>("select count(*) from books");
        if (n || !n.error().connection_lost() || attempt == 3) { // reading twice does no harm
            co_return n;
        }
    }
}
// [/retry]

pgcoro::task<> lesson(std::string where) {
    pgcoro::multiplexer db(co_await asio::this_coro::executor, where);
    BOOST_OUTCOME_CO_TRY(
        co_await db.execute("create table books (id bigint generated always as identity primary key, title text not null)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into books (title) select 'Book ' || n from generate_series(1, 1000) n"));
    BOOST_OUTCOME_CO_TRY(co_await start(where));
    BOOST_OUTCOME_CO_TRY(co_await refusal(db));
    BOOST_OUTCOME_CO_TRY(auto n, co_await count(db));
    expect(n == 1000);
    expect(db.stats().lanes == 4);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
