// SPDX-License-Identifier: BSL-1.0
// The program to start from: connects, inserts, fetches, handles an error, and lets 1 000 coroutines share one connection.
//
// usage: quickstart [CONNINFO]    without CONNINFO it starts a throwaway PostgreSQL, and takes it away again
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdlib>
#include <iomanip>
#include <iostream>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// A row as a struct: its members are the columns, in order. What may be NULL is std::optional.
struct user {
    std::int64_t id;
    std::string name;
    std::optional<std::string> email;
};

std::ostream& say(const char* what) { return std::cout << "  " << std::left << std::setw(18) << what; }

// A task gives a value or an error. BOOST_OUTCOME_CO_TRY takes the value, or returns the error from this coroutine.
pgcoro::task<> insert_and_fetch(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(auto created, co_await db.execute("create temp table users (id bigint generated always as identity,"
                                                           " name text not null, email text unique)"));
    say("execute") << created.text() << '\n';

    // As many arguments as placeholders, or it does not compile.
    BOOST_OUTCOME_CO_TRY(auto id,
                         co_await db.fetch_one<std::int64_t>("insert into users (name, email) values ($1, $2) returning id",
                                                             "Ada", "ada@example.org"));
    say("fetch_one") << "Ada has id " << id << '\n';
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into users (name, email) values ($1, $2)", "Grace", std::nullopt));

    BOOST_OUTCOME_CO_TRY(auto users, co_await db.fetch<user>("select id, name, email from users order by id"));
    for (const user& u : users) {
        say("fetch") << '#' << u.id << ' ' << u.name << ", " << u.email.value_or("no e-mail") << '\n';
    }
    co_return pgcoro::success();
}

// Errors are values too. Judge them by SQLSTATE, never by their text.
pgcoro::task<> handle_an_error(pgcoro::connection& db) {
    auto second = co_await db.execute("insert into users (name, email) values ($1, $2)", "Ada II", "ada@example.org");
    if (second) {
        co_return pgcoro::error(pgcoro::errc::too_many_rows, "two users have the same e-mail");
    }
    if (second.error() != pgcoro::sqlstate::unique_violation) {
        co_return second.error();
    }
    const pgcoro::error& why = second.error();
    say("error") << "SQLSTATE " << to_string(why.sqlstate()) << ", constraint " << why.constraint() << '\n';
    co_return pgcoro::success();
}

// Many rows, or several statements, in one round trip and one transaction.
pgcoro::task<> save_round_trips(pgcoro::connection& db) {
    std::vector<std::tuple<std::string, std::string>> rows;
    for (int i = 0; i < 1000; ++i) {
        rows.emplace_back("user " + std::to_string(i), "user" + std::to_string(i) + "@example.org");
    }
    BOOST_OUTCOME_CO_TRY(auto tag, co_await db.execute_many("insert into users (name, email) values ($1, $2)", rows));
    say("execute_many") << tag.text() << '\n';

    BOOST_OUTCOME_CO_TRY(auto both, co_await db.batch(pgcoro::execute("delete from users where name = $1", "user 7"),
                                                      pgcoro::fetch_one<std::int64_t>("select count(*) from users")));
    auto& [removed, left] = both;
    say("batch") << removed.text() << ", " << left << " are left\n";
    co_return pgcoro::success();
}

pgcoro::task<std::string> name_of(pgcoro::connection& db, std::int64_t id) {
    co_return co_await db.fetch_one<std::string>("select name from users where id = $1", id);
}

// Whoever comes next does not wait for whoever came before: the statements are pipelined.
pgcoro::task<> run_many_coroutines(pgcoro::connection& db) {
    const auto executor = co_await asio::this_coro::executor;
    const auto start = std::chrono::steady_clock::now();

    using one = decltype(asio::co_spawn(executor, name_of(db, 1), asio::deferred));
    std::vector<one> all;
    for (int i = 0; i < 1000; ++i) {
        all.push_back(asio::co_spawn(executor, name_of(db, 1 + i % 2), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all));
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);

    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    for (const auto& name : std::get<2>(done)) {
        BOOST_OUTCOME_CO_TRY(name);
    }
    say("1 000 coroutines") << "on one thread and one connection: " << std::fixed << std::setprecision(1) << took.count() * 1000
                            << " ms, " << std::setprecision(0) << 1000 / took.count() << " queries/s\n";
    co_return pgcoro::success();
}

// Every operation takes a deadline. The server is asked to stop what it was sent, and the connection works on.
pgcoro::task<> set_a_deadline(pgcoro::connection& db) {
    auto slow = co_await db.execute("select pg_sleep(20)").within(50ms);
    if (slow || slow.error() != pgcoro::errc::timed_out) {
        co_return slow ? pgcoro::error(pgcoro::errc::timed_out, "a deadline was missed") : slow.error();
    }
    say("deadline") << slow.error().message() << '\n';
    BOOST_OUTCOME_CO_TRY(auto count, co_await db.fetch_one<std::int64_t>("select count(*) from users"));
    say("afterwards") << "the connection works on: " << count << " users\n";
    co_return pgcoro::success();
}

pgcoro::task<> quickstart(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where).within(30s));
    say("connect") << "PostgreSQL " << db.server_version() / 10000 << ", server process " << db.backend_pid() << '\n';
    BOOST_OUTCOME_CO_TRY(co_await insert_and_fetch(db));
    BOOST_OUTCOME_CO_TRY(co_await handle_an_error(db));
    BOOST_OUTCOME_CO_TRY(co_await save_round_trips(db));
    BOOST_OUTCOME_CO_TRY(co_await run_many_coroutines(db));
    BOOST_OUTCOME_CO_TRY(co_await set_a_deadline(db));
    co_return pgcoro::success();
}

int run(const std::string& where) {
    const auto outcome = pgcoro::run(quickstart(where)); // on a loop of its own; this thread is the only one
    if (!outcome) {
        std::cerr << "quickstart failed: " << outcome.error() << '\n';
    }
    return outcome ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1) {
        return run(argv[1]);
    }
    auto server = pgcoro::testing::ephemeral_server::create();
    if (!server) {
        std::cerr << "quickstart needs a PostgreSQL server: " << server.error() << '\n';
        return EXIT_FAILURE;
    }
    say("server") << "a throwaway PostgreSQL, gone when this program ends\n";
    return run(server.value().dsn());
}
