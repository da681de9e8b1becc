// SPDX-License-Identifier: BSL-1.0
// The tutorial's snippets on statements, parameters and rows.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>

#include <chrono>

using namespace std::chrono_literals;
using tutorial::expect;

namespace {

// [struct]
struct product {
    std::int64_t id;
    std::string name;
    std::optional<int> stock;
};
// [/struct]

// [sign_up]
struct user {
    std::int64_t id;
    std::string name;
    std::optional<std::string> email;
};

pgcoro::task<user> find_or_create(pgcoro::connection& db, std::string name) {
    auto made = co_await db.fetch_one<user>("insert into users (name) values ($1) returning id, name, email", name);
    if (made || made.error() != pgcoro::sqlstate::unique_violation) {
        co_return made;
    }
    co_return co_await db.fetch_one<user>("select id, name, email from users where name = $1", name).within(1s);
}
// [/sign_up]

pgcoro::task<> statements(pgcoro::connection& db) {
    // [execute]
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table products (id bigint generated always as identity,"
                                             " name text not null, stock int, added date not null default current_date)"));
    BOOST_OUTCOME_CO_TRY(auto tag, co_await db.execute("insert into products (name, stock) values ($1, $2)", "teapot", 12));
    std::cout << tag.text() << '\n';          // INSERT 0 1
    std::cout << tag.rows_affected() << '\n'; // 1
    // [/execute]
    expect(tag == "INSERT 0 1" && tag.rows_affected() == 1);

    // [null]
    std::optional<int> unknown;
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into products (name, stock) values ($1, $2)", "kettle", unknown));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into products (name, stock) values ($1, $2)", "cup", std::nullopt));
    // [/null]

    // [any]
    std::vector<std::int64_t> wanted{1, 3, 5};
    BOOST_OUTCOME_CO_TRY(auto names,
                         co_await db.fetch<std::string>("select name from products where id = any($1) order by id", wanted));
    // [/any]
    expect(names.size() == 2 && names[1] == "cup");
    co_return pgcoro::success();
}

pgcoro::task<> rows(pgcoro::connection& db) {
    // [fetch]
    BOOST_OUTCOME_CO_TRY(auto products, co_await db.fetch<product>("select id, name, stock from products order by id"));
    for (const product& p : products) {
        std::cout << p.id << ' ' << p.name << ' ' << p.stock.value_or(0) << '\n';
    }
    // [/fetch]
    expect(products.size() == 3 && products[0].stock == 12 && !products[1].stock);

    // [fetch_one]
    BOOST_OUTCOME_CO_TRY(auto count, co_await db.fetch_one<std::int64_t>("select count(*) from products"));
    BOOST_OUTCOME_CO_TRY(auto teapot,
                         co_await db.fetch_optional<product>("select id, name, stock from products where name = $1", "teapot"));
    if (teapot) {
        std::cout << teapot->name << " is one of " << count << '\n';
    }
    // [/fetch_one]
    expect(count == 3 && teapot.has_value());

    // [tuple]
    using name_and_date = std::tuple<std::string, std::chrono::year_month_day>;
    BOOST_OUTCOME_CO_TRY(auto newest,
                         co_await db.fetch_one<name_and_date>("select name, added from products order by id desc limit 1"));
    const auto& [name, added] = newest;
    std::cout << name << ' ' << static_cast<int>(added.year()) << '\n';
    // [/tuple]
    expect(name == "cup");

    // [mismatch]
    auto wrong = co_await db.fetch<int>("select name from products");
    std::cout << wrong.error().message() << '\n'; // column 1 "name" (text) cannot be read into std::int32_t
    // [/mismatch]
    expect(wrong.error() == pgcoro::errc::type_mismatch);
    expect(wrong.error().message() == "column 1 \"name\" (text) cannot be read into std::int32_t");
    co_return pgcoro::success();
}

pgcoro::task<> dynamic_rows(pgcoro::connection& db) {
    // [rowset]
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.fetch("select * from products order by id"));
    for (const auto column : rows.columns()) {
        std::cout << column.name() << ": " << column.type_name() << '\n';
    }
    for (const auto row : rows) {
        BOOST_OUTCOME_CO_TRY(auto name, row["name"].as<std::string>());
        BOOST_OUTCOME_CO_TRY(auto stock, row["stock"].as<std::optional<int>>());
        std::cout << name << ": " << (stock ? std::to_string(*stock) : "unknown") << '\n';
    }
    // [/rowset]
    expect(rows.size() == 3 && rows.columns().size() == 4);
    co_return pgcoro::success();
}

pgcoro::task<> dynamic_sql(pgcoro::connection& db, std::string table, std::vector<std::string> names) {
    // [dynamic]
    BOOST_OUTCOME_CO_TRY(auto quoted, pgcoro::quote_identifier(table));
    std::string text = "select count(*) from " + quoted + " where false";
    pgcoro::parameters values;
    for (const auto& name : names) {
        values.push_back(name);
        text += " or name = $" + std::to_string(values.size());
    }
    const pgcoro::unchecked_sql query(text);
    BOOST_OUTCOME_CO_TRY(auto count, co_await db.fetch_one<std::int64_t>(query, values));
    // [/dynamic]
    expect(count == 2);
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await statements(db));
    BOOST_OUTCOME_CO_TRY(co_await rows(db));
    BOOST_OUTCOME_CO_TRY(co_await dynamic_rows(db));
    std::vector<std::string> names{"cup", "kettle"};
    BOOST_OUTCOME_CO_TRY(co_await dynamic_sql(db, "products", names));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table users (id bigint generated always as identity, name text unique,"
                                             " email text)"));
    BOOST_OUTCOME_CO_TRY(auto first, co_await find_or_create(db, "Ada"));
    BOOST_OUTCOME_CO_TRY(auto again, co_await find_or_create(db, "Ada"));
    expect(first.id == again.id && again.name == "Ada");
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
