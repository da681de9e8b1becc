// SPDX-License-Identifier: BSL-1.0
// The snippets of the page on batching.
#include "run.hpp"

#include <pgcoro/batch_loader.hpp>
#include <pgcoro/batch_writer.hpp>
#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <string>
#include <tuple>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [load]
struct author {
    std::int64_t id;
    std::string name;
};
using author_loader = pgcoro::batch_loader<std::int64_t, author>;

pgcoro::task<std::string> byline(author_loader& authors, std::int64_t id) {
    BOOST_OUTCOME_CO_TRY(auto found, co_await authors.load(id)); // a std::optional<author>
    co_return found ? "by " + found->name : "by an unknown author";
}

pgcoro::task<> print_page(pgcoro::multiplexer& db) {
    author_loader authors(db, "select id, name from authors where id = any($1)");
    const auto executor = co_await asio::this_coro::executor;
    using one = decltype(asio::co_spawn(executor, byline(authors, 1), asio::deferred));
    std::vector<one> all;
    for (std::int64_t id = 1; id <= 1000; ++id) {
        all.push_back(asio::co_spawn(executor, byline(authors, id), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(all)); // a thousand lookups, one statement
    auto done = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& line : std::get<2>(done)) {
        BOOST_OUTCOME_CO_TRY(line);
    }
    co_return pgcoro::success();
}
// [/load]

pgcoro::task<> shapes(pgcoro::connection& db) {
    // [shapes]
    // The row without its key: the query has one column more than the row.
    pgcoro::batch_loader<std::int64_t, std::string> names(db, "select id, name from authors where id = any($1)");
    BOOST_OUTCOME_CO_TRY(auto name, co_await names.load(1)); // a std::optional<std::string>

    // Any number of rows for a key.
    pgcoro::batch_loader<std::int64_t, pgcoro::many<std::string>> titles(
        db, "select author, title from books where author = any($1) order by title");
    BOOST_OUTCOME_CO_TRY(auto all, co_await titles.load(1)); // a std::vector<std::string>, empty if there are none

    // A key of two parts, in arrays side by side.
    using place = std::tuple<std::string, int>;
    pgcoro::batch_loader<place, std::string> shelves(
        db, "select room, number, label from shelves join unnest($1::text[], $2::int[]) k(room, number) using (room, number)");
    BOOST_OUTCOME_CO_TRY(auto label, co_await shelves.load(place("reading room", 3)));
    // [/shapes]
    expect(name == "Author 1" && all.size() == 2 && label == "Poetry");
    co_return pgcoro::success();
}

pgcoro::task<> remember(pgcoro::connection& db) {
    // [cache]
    pgcoro::batch_loader_options options;
    options.cache = true;
    author_loader authors(db, "select id, name from authors where id = any($1)", options);
    BOOST_OUTCOME_CO_TRY(co_await authors.load(7));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update authors set name = 'Seven' where id = 7"));
    authors.forget(7); // otherwise the next load returns the old name
    BOOST_OUTCOME_CO_TRY(auto renamed, co_await authors.load(7));
    // [/cache]
    expect(renamed && renamed->name == "Seven");
    co_return pgcoro::success();
}

// [write]
struct reading {
    std::int64_t sensor;
    double value;
};

pgcoro::task<> record(pgcoro::batch_writer<reading>& readings, reading r) {
    const auto written = co_await readings.write(r);
    if (!written && written.error() == pgcoro::sqlstate::unique_violation) {
        co_return pgcoro::success(); // this row existed already; the other rows of its statement are written
    }
    co_return written;
}
// [/write]

pgcoro::task<> write(pgcoro::connection& db) {
    // [writer]
    pgcoro::batch_writer_options options;
    options.max_rows = 500;
    options.max_delay = 5ms; // how long to collect
    pgcoro::batch_writer<reading> readings(db, "insert into readings (sensor, value) select unnest($1), unnest($2)", options);
    // [/writer]
    const reading first{1, 20.5};
    BOOST_OUTCOME_CO_TRY(co_await record(readings, first));
    BOOST_OUTCOME_CO_TRY(co_await record(readings, first));
    BOOST_OUTCOME_CO_TRY(auto n, co_await db.fetch_one<int>("select count(*)::int from readings"));
    expect(n == 1);
    co_return pgcoro::success();
}

pgcoro::task<> returning(pgcoro::connection& db) {
    // [returning]
    pgcoro::batch_loader<std::string, std::int64_t> tag_ids(
        db, "insert into tags (name) select unnest($1) "
            "on conflict (name) do update set name = excluded.name returning name, id");
    BOOST_OUTCOME_CO_TRY(auto id, co_await tag_ids.load("poetry")); // found or inserted
    // [/returning]
    expect(id.has_value());
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.run_script(
        "create table authors (id bigint primary key, name text not null);"
        "insert into authors select n, 'Author ' || n from generate_series(1, 900) n;"
        "create table books (author bigint, title text); insert into books values (1, 'A'), (1, 'B');"
        "create table shelves (room text, number int, label text); insert into shelves values ('reading room', 3, 'Poetry');"
        "create table readings (sensor bigint primary key, value float8);"
        "create table tags (id bigint generated always as identity, name text unique)"));
    pgcoro::multiplexer lanes(co_await asio::this_coro::executor, where);
    BOOST_OUTCOME_CO_TRY(co_await print_page(lanes));
    lanes.close();
    BOOST_OUTCOME_CO_TRY(co_await shapes(db));
    BOOST_OUTCOME_CO_TRY(co_await remember(db));
    BOOST_OUTCOME_CO_TRY(co_await write(db));
    BOOST_OUTCOME_CO_TRY(co_await returning(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
