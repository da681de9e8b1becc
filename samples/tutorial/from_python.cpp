// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/from-python.md: connecting, statements, rows, transactions.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/to_text.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/src.hpp>

#include <chrono>
#include <cstdlib>
#include <map>
#include <tuple>

using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [row]
struct user {
    std::int64_t id;
    std::string name;
    std::optional<std::string> email;
};
// [/row]

// [shape]
pgcoro::task<> greet(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(auto answer, co_await db.fetch_one<int>("select $1 + $2", 20, 22));
    std::cout << answer << '\n';
    co_return pgcoro::success();
} // the connection is closed here
// [/shape]

pgcoro::task<> connecting(std::string where) {
    ::setenv("DATABASE_URL", where.c_str(), 1);
    // [connect]
    pgcoro::connect_config config("dbname=shop user=app host=db connect_timeout=3"); // or postgresql://app@db/shop
    config.password("secret").application_name("till");                              // or one by one
    pgcoro::connect_config everything_from_environment;                              // PGHOST, PGUSER, ... as psql
    auto from_url = pgcoro::connect_config::from_environment();                      // DATABASE_URL, then PGHOST and so on
    // [/connect]
    expect(to_string(config).find("till") != std::string::npos && to_string(config).find("secret") == std::string::npos);
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(from_url));
    expect(db.is_open());
    // [info]
    std::cout << db.host() << ' ' << db.server_version() << ' ' << db.backend_pid() << '\n';
    // [/info]
    expect(db.server_version() >= 140000 && db.backend_pid() > 0);
    co_return pgcoro::success();
}

pgcoro::task<> querying(pgcoro::connection& db) {
    // [query]
    std::string name = "Ada";
    BOOST_OUTCOME_CO_TRY(auto one, co_await db.fetch_optional<user>("select id, name, email from users where name = $1", name));
    BOOST_OUTCOME_CO_TRY(auto all, co_await db.fetch<user>("select id, name, email from users order by id"));
    for (const user& u : all) {
        std::cout << u.id << ' ' << u.name << ' ' << u.email.value_or("-") << '\n';
    }
    // [/query]
    expect(one && one->id == 1 && all.size() == 2 && !all[1].email);
    // [value]
    BOOST_OUTCOME_CO_TRY(auto count, co_await db.fetch_one<std::int64_t>("select count(*) from users"));
    // [/value]
    expect(count == 2);
    // [tuple]
    using id_and_name = std::tuple<std::int64_t, std::string>;
    BOOST_OUTCOME_CO_TRY(auto pairs, co_await db.fetch<id_and_name>("select id, name from users order by id"));
    for (const auto& [id, who] : pairs) {
        std::cout << id << ' ' << who << '\n';
    }
    // [/tuple]
    expect(pairs.size() == 2 && std::get<1>(pairs[0]) == "Ada");

    std::vector<std::int64_t> ids{1, 7};
    // [any]
    BOOST_OUTCOME_CO_TRY(auto some, co_await db.fetch<user>("select id, name, email from users where id = any($1)", ids));
    // [/any]
    expect(some.size() == 1);
    co_return pgcoro::success();
}

pgcoro::task<> dictionaries(pgcoro::connection& db) {
    std::string shown;
    // [rowset]
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.fetch("select * from users order by id"));
    for (const auto row : rows) {
        BOOST_OUTCOME_CO_TRY(auto id, row["id"].as<std::int64_t>());
        BOOST_OUTCOME_CO_TRY(auto email, row["email"].as<std::optional<std::string>>());
        shown += std::to_string(id) + '=' + email.value_or("none") + ' ';
    }
    // [/rowset]
    expect(shown == "1=ada@example.org 2=none ");

    // [maps]
    std::vector<std::map<std::string, std::string>> maps;
    for (const auto row : rows) {
        auto& map = maps.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!row[i].is_null()) {
                BOOST_OUTCOME_CO_TRY(map[std::string(rows.columns()[i].name())], to_text(row[i]));
            }
        }
    }
    // [/maps]
    expect(maps[0]["name"] == "Ada" && maps[0]["id"] == "1" && maps[1].count("email") == 0);

    // [objects]
    BOOST_OUTCOME_CO_TRY(auto document, pgcoro::to_json(rows));
    const boost::json::object& first = document.at(0).as_object();
    std::cout << first.at("name").as_string() << ' ' << first.at("id").as_int64() << '\n';
    // [/objects]
    expect(serialize(document.at(1)) == R"({"id":2,"name":"Bob","email":null})");

    // [keyed]
    using id_and_name = std::pair<std::int64_t, std::string>;
    BOOST_OUTCOME_CO_TRY(auto pairs, co_await db.fetch<id_and_name>("select id, name from users"));
    const std::map<std::int64_t, std::string> names(pairs.begin(), pairs.end());
    // [/keyed]
    expect(names.at(2) == "Bob");
    co_return pgcoro::success();
}

pgcoro::task<> writing(pgcoro::connection& db) {
    // [insert]
    BOOST_OUTCOME_CO_TRY(auto tag, co_await db.execute("update users set email = $1 where id = $2", "bob@example.org", 2));
    std::cout << tag.rows_affected() << ' ' << tag.text() << '\n'; // 1 UPDATE 1
    BOOST_OUTCOME_CO_TRY(auto id,
                         co_await db.fetch_one<std::int64_t>("insert into users (name) values ($1) returning id", "Cy"));
    // [/insert]
    expect(tag.rows_affected() == 1 && tag.text() == "UPDATE 1" && id == 3);

    // [many]
    std::vector<std::tuple<std::string, std::optional<std::string>>> people{{"Dee", "dee@example.org"}, {"Eve", std::nullopt}};
    BOOST_OUTCOME_CO_TRY(auto added, co_await db.execute_many("insert into users (name, email) values ($1, $2)", people));
    // [/many]
    expect(added.rows_affected() == 2);

    // [unnest]
    std::vector<std::string> names{"Flo", "Gil"};
    BOOST_OUTCOME_CO_TRY(auto new_ids, co_await db.fetch<std::int64_t>("insert into users (name)"
                                                                       " select unnest($1::text[]) returning id",
                                                                       names));
    // [/unnest]
    expect(new_ids == std::vector<std::int64_t>{6, 7});

    // [upsert]
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into users (name, email) values ($1, $2)"
                                             " on conflict (name) do update set email = excluded.email",
                                             "Gil", "gil@example.org"));
    // [/upsert]
    BOOST_OUTCOME_CO_TRY(auto email, co_await db.fetch_one<std::string>("select email from users where name = 'Gil'"));
    expect(email == "gil@example.org");
    co_return pgcoro::success();
}

pgcoro::task<> composing(pgcoro::connection& db) {
    const std::string table = "users";
    // [compose]
    BOOST_OUTCOME_CO_TRY(auto name, pgcoro::quote_identifier(table));
    pgcoro::unchecked_sql query("select count(*) from " + name + " where id < $1");
    BOOST_OUTCOME_CO_TRY(auto count, co_await db.fetch_one<std::int64_t>(query, 3));
    // [/compose]
    expect(count == 2);
    co_return pgcoro::success();
}

// [with]
pgcoro::task<> transfer(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance - 100 where id = 1"));
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("update accounts set balance = balance + 100 where id = 2"));
    co_return co_await tx.commit();
} // without the commit, everything is rolled back
// [/with]

pgcoro::task<> transactions(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.run_script("create table accounts (id int primary key, balance int);"
                                                "insert into accounts values (1, 100), (2, 0)"));
    BOOST_OUTCOME_CO_TRY(co_await transfer(db));
    auto& conn = db;
    // [savepoint]
    BOOST_OUTCOME_CO_TRY(auto tx, co_await conn.begin());
    {
        BOOST_OUTCOME_CO_TRY(auto attempt, co_await tx.begin()); // SAVEPOINT
        auto made = co_await attempt.execute("insert into accounts values (1, 0)");
        if (made) {
            BOOST_OUTCOME_CO_TRY(co_await attempt.commit()); // RELEASE
        }
    } // it was not committed: ROLLBACK TO, and the transaction continues
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into accounts values (3, 0)"));
    BOOST_OUTCOME_CO_TRY(co_await tx.commit());
    // [/savepoint]
    BOOST_OUTCOME_CO_TRY(auto balances, co_await db.fetch<int>("select balance from accounts order by id"));
    expect(balances == std::vector{0, 100, 0});

    // [isolation]
    pgcoro::transaction_options options;
    options.isolation = pgcoro::isolation_level::serializable;
    options.access = pgcoro::access_mode::read_only;
    options.deferrable = true;
    BOOST_OUTCOME_CO_TRY(auto report, co_await conn.begin(options));
    // [/isolation]
    BOOST_OUTCOME_CO_TRY(auto level, co_await report.fetch_one<std::string>("show transaction_isolation"));
    expect(level == "serializable");
    // [status]
    expect(conn.transaction_status() == pgcoro::transaction_status::in_transaction);
    BOOST_OUTCOME_CO_TRY(co_await report.rollback());
    expect(conn.transaction_status() == pgcoro::transaction_status::idle);
    // [/status]
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(co_await greet(where));
    BOOST_OUTCOME_CO_TRY(co_await connecting(where));
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table users (id bigint generated always as identity, name text unique,"
                                             " email text)"));
    BOOST_OUTCOME_CO_TRY(
        co_await db.execute("insert into users (name, email) values ('Ada', 'ada@example.org'), ('Bob', null)"));
    BOOST_OUTCOME_CO_TRY(co_await querying(db));
    BOOST_OUTCOME_CO_TRY(co_await dictionaries(db));
    BOOST_OUTCOME_CO_TRY(co_await writing(db));
    BOOST_OUTCOME_CO_TRY(co_await composing(db));
    BOOST_OUTCOME_CO_TRY(co_await transactions(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
