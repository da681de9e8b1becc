// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/replication.md.
#include "run.hpp"

#include <pgcoro/initial_copy.hpp>
#include <pgcoro/or_unchanged.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/replication.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>
#include <pgcoro/transfer.hpp>
#include <pgcoro/types.hpp>

#include <boost/asio/this_coro.hpp>

#include <iostream>
#include <map>
#include <string>
#include <variant>

namespace {

namespace asio = boost::asio;

// [row]
struct article {
    std::int64_t id;
    std::string title;
    pgcoro::or_unchanged<std::optional<std::string>> body; // may be large
};

using articles = std::map<std::int64_t, std::string>;
// [/row]

// [follow]
/// Keeps the titles up to date, until the article titled `last` arrives.
pgcoro::task<> follow(pgcoro::replication_stream& stream, articles& titles, std::string last) {
    namespace replication = pgcoro::replication;
    for (bool is_over = false;;) {
        BOOST_OUTCOME_CO_TRY(const auto event, co_await stream.next());
        if (const auto* i = std::get_if<replication::insert>(&event)) {
            BOOST_OUTCOME_CO_TRY(const auto row, i->row.as<article>());
            titles[row.id] = row.title;
            is_over = row.title == last;
        } else if (const auto* u = std::get_if<replication::update>(&event)) {
            BOOST_OUTCOME_CO_TRY(const auto row, u->row.as<article>());
            titles[row.id] = row.title;
        } else if (const auto* d = std::get_if<replication::delete_>(&event)) {
            BOOST_OUTCOME_CO_TRY(const auto id, d->old[0].as<std::int64_t>());
            titles.erase(id);
        } else if (const auto* c = std::get_if<replication::commit>(&event)) {
            stream.confirm(c->end); // a real program first makes the changes durable
            if (is_over) {
                co_return pgcoro::success();
            }
        }
    }
}
// [/follow]

pgcoro::task<> start(std::string where, articles& titles) {
    // [start]
    const auto executor = co_await asio::this_coro::executor;
    BOOST_OUTCOME_CO_TRY(auto connection, co_await pgcoro::connect_replication(executor, where));
    BOOST_OUTCOME_CO_TRY(co_await connection.create_slot("site"));
    pgcoro::replication_options options;
    options.publications = {"articles"};
    BOOST_OUTCOME_CO_TRY(auto stream, co_await connection.start("site", options));
    // [/start]
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into articles values (1, 'Coroutines', 'text'), (2, 'Pipes', null)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update articles set title = 'Pipelines' where id = 2"));
    BOOST_OUTCOME_CO_TRY(co_await follow(stream, titles, "Pipes"));
    co_return co_await stream.stop();
}

// [copy]
/// Copies all published tables to another database, and returns the stream of the changes since.
pgcoro::task<pgcoro::replication_stream> copy_all(std::string from, std::string to) {
    pgcoro::table_copier copy = [to](const pgcoro::published_table& table,
                                     pgcoro::copy_reader rows) -> pgcoro::task<std::uint64_t> {
        BOOST_OUTCOME_CO_TRY(auto target, co_await pgcoro::connect(to));
        pgcoro::unchecked_sql statement(table.copy_in_statement());
        BOOST_OUTCOME_CO_TRY(auto writer, co_await target.copy_in(statement));
        BOOST_OUTCOME_CO_TRY(const auto report, co_await pgcoro::transfer(std::move(rows), std::move(writer)));
        co_return report.rows;
    };
    pgcoro::replication_options options;
    options.publications = {"articles"};
    pgcoro::initial_copy_options how;
    how.on_progress = [](const pgcoro::initial_copy_progress& p) {
        std::cout << p.finished_tables << " of " << p.tables << " tables, " << p.rows << " rows\n";
    };
    co_return co_await pgcoro::initial_copy(from, "copy", options, copy, how);
}
// [/copy]

pgcoro::task<> lesson(std::string where, std::string elsewhere) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("create table articles (id bigint primary key, title text not null, body text);"
                                                "create publication articles for table articles"));
    articles titles;
    BOOST_OUTCOME_CO_TRY(co_await start(where, titles));
    tutorial::expect(titles[1] == "Coroutines");

    BOOST_OUTCOME_CO_TRY(auto target, co_await pgcoro::connect(elsewhere));
    BOOST_OUTCOME_CO_TRY(
        co_await target.execute("create table articles (id bigint primary key, title text not null, body text)"));
    BOOST_OUTCOME_CO_TRY(auto stream, co_await copy_all(where, elsewhere));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into articles values (3, 'Streams')"));
    titles.clear();
    BOOST_OUTCOME_CO_TRY(co_await follow(stream, titles, "Streams"));
    tutorial::expect(titles == articles{{3, "Streams"}});
    BOOST_OUTCOME_CO_TRY(const auto copied, co_await target.fetch_one<std::int64_t>("select count(*) from articles"));
    tutorial::expect(copied == 2);
    co_return co_await stream.stop();
}

} // namespace

int main() {
    pgcoro::testing::server_options options;
    options.settings = {{"wal_level", "logical"}};
    auto server = pgcoro::testing::ephemeral_server::create(options).value();
    static_cast<void>(server.run_sql("create database elsewhere").value());
    const auto done = pgcoro::run(lesson(server.dsn(), server.dsn() + " dbname=elsewhere"));
    if (!done) {
        std::cerr << done.error() << '\n';
    }
    return done ? 0 : 1;
}
