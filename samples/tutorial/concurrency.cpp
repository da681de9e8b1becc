// SPDX-License-Identifier: BSL-1.0
// The tutorial's snippets on doing several things at once, deadlines, and other completion tokens.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool_options.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [group]
pgcoro::task<std::int64_t> total(pgcoro::connection& db) {
    auto group = asio::experimental::make_parallel_group(db.fetch_one<std::int64_t>("select count(*) from readers"),
                                                         db.fetch_one<std::int64_t>("select count(*) from books"));
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    auto& [order, readers, books] = done;
    BOOST_OUTCOME_CO_TRY(readers);
    BOOST_OUTCOME_CO_TRY(books);
    co_return readers.value() + books.value();
}
// [/group]

// [many]
pgcoro::task<std::string> title_of(pgcoro::connection& db, std::int64_t id) {
    co_return co_await db.fetch_one<std::string>("select title from books where id = $1", id);
}

pgcoro::task<> ask_for_all(pgcoro::connection& db) {
    const auto executor = co_await asio::this_coro::executor;
    using one = decltype(asio::co_spawn(executor, title_of(db, 1), asio::deferred));
    std::vector<one> all;
    for (std::int64_t id = 1; id <= 1000; ++id) {
        all.push_back(asio::co_spawn(executor, title_of(db, id), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all));
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& title : std::get<2>(done)) { // 0 is the order in which they ended, 1 the exceptions
        BOOST_OUTCOME_CO_TRY(title);
    }
    co_return pgcoro::success();
}
// [/many]

// [execute_many]
struct new_book {
    std::string title;
    std::optional<int> year;
};

pgcoro::task<pgcoro::command_tag> add_books(pgcoro::connection& db, const std::vector<new_book>& books) {
    co_return co_await db.execute_many("insert into books (title, year) values ($1, $2)", books);
}
// [/execute_many]

// [batch]
pgcoro::task<std::int64_t> lend(pgcoro::connection& db, std::int64_t book, std::string reader) {
    BOOST_OUTCOME_CO_TRY(
        auto both, co_await db.batch(pgcoro::execute("insert into loans (book, reader) values ($1, $2)", book, reader),
                                     pgcoro::fetch_one<std::int64_t>("select count(*) from loans where reader = $1", reader)));
    auto& [added, borrowed] = both;
    co_return borrowed;
}
// [/batch]

pgcoro::task<> deadlines(pgcoro::connection& db) {
    // [deadline]
    auto late = co_await db.fetch_one<int>("select 1 from pg_sleep(20)").within(20ms);
    expect(late.error() == pgcoro::errc::timed_out);

    const auto give_up = std::chrono::steady_clock::now() + 20s; // one deadline for all that follows
    BOOST_OUTCOME_CO_TRY(auto readers, co_await db.fetch<std::string>("select name from readers").by(give_up));
    BOOST_OUTCOME_CO_TRY(auto titles, co_await db.fetch<std::string>("select title from books").by(give_up));
    // [/deadline]
    expect(readers.size() == 1 && titles.size() == 1002);
    co_return pgcoro::success();
}

pgcoro::connect_config with_limits(const std::string& where) {
    // [limits]
    pgcoro::connect_config config(where);
    config.timeout(20s);         // connecting, all attempts together
    config.command_timeout(10s); // each statement
    config.cancel_timeout(1s);   // how long the server may take to stop one
    config.server_deadlines();   // each deadline also becomes a statement_timeout
    pgcoro::pool_options options;
    options.acquire_timeout = 3s;
    options.command_timeout = 10s; // each statement on the pool itself, from the wait for a connection to its result
    // [/limits]
    expect(options.command_timeout == 10s);
    return config;
}

pgcoro::task<> cancellation(pgcoro::connection& db) {
    // [cancel]
    asio::cancellation_signal stop;
    auto on_end = [](pgcoro::result<int> outcome) { expect(outcome.error() == asio::error::operation_aborted); };
    db.fetch_one<int>("select 1 from pg_sleep(20)")(asio::bind_cancellation_slot(stop.slot(), on_end));
    stop.emit(asio::cancellation_type::total);
    // [/cancel]
    BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
    co_return pgcoro::success();
}

void tokens(const std::string& where) {
    // [future]
    asio::thread_pool threads(2);
    auto strand = asio::make_strand(threads); // several threads, one connection: a strand keeps them apart
    std::future<pgcoro::result<pgcoro::connection>> connecting = pgcoro::connect(strand, where)(asio::use_future);
    pgcoro::connection db = connecting.get().value(); // value() throws pgcoro::exception if there is none

    auto ends_on_strand = [](pgcoro::result<int> answer) { std::cout << answer.value() << '\n'; };
    db.fetch_one<int>("select $1 * 6", 7)(ends_on_strand); // a callback, on the connection's executor
    std::cout << db.fetch_one<std::string>("select version()")(asio::use_future).get().value() << '\n';
    // [/future]
    db.close();
    threads.join();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(with_limits(where)));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table readers (name text primary key)"));
    BOOST_OUTCOME_CO_TRY(
        co_await db.execute("create table books (id bigint generated always as identity, title text, year int)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table loans (book bigint, reader text references readers)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into readers values ('Ada')"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into books (title) select 'Book ' || n from generate_series(1, 1000) n"));
    std::vector<new_book> books(2);
    books[0].title = "Notes";
    books[1].year = 1843;
    BOOST_OUTCOME_CO_TRY(auto added, co_await add_books(db, books));
    expect(added == "INSERT 0 2");
    BOOST_OUTCOME_CO_TRY(auto all, co_await total(db));
    expect(all == 1003);
    BOOST_OUTCOME_CO_TRY(co_await ask_for_all(db));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update books set title = 'untitled' where title is null"));
    BOOST_OUTCOME_CO_TRY(auto borrowed, co_await lend(db, 1, "Ada"));
    expect(borrowed == 1);
    auto stranger = co_await lend(db, 2, "Grace");
    expect(stranger.error() == pgcoro::sqlstate::foreign_key_violation);
    BOOST_OUTCOME_CO_TRY(co_await deadlines(db));
    BOOST_OUTCOME_CO_TRY(co_await cancellation(db));
    tokens(where);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
