// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/rows.md.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/print_table.hpp>
#include <pgcoro/rows_by_name.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/to_text.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/src.hpp>

#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>

using tutorial::expect;

// [described]
struct customer {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> city;
};
BOOST_DESCRIBE_STRUCT(customer, (), (id, name, city))
// [/described]

// [position]
struct order {
    std::int64_t number;
    double total;
};
// [/position]

// [switch]
struct count_of_city {
    std::string city;
    std::int64_t customers;
};
BOOST_DESCRIBE_STRUCT(count_of_city, (), (city, customers)) // for JSON, say

template <>
inline constexpr bool pgcoro::read_by_name<count_of_city> = false;
// [/switch]

namespace {

pgcoro::task<> prepare(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table customers (id bigint, city text, name text, since date)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table orders (number bigint, customer bigint, total float8)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into customers values (1, 'London', 'Ada', '2024-05-01'), (2, null, 'Bob',"
                                             " '2025-01-31')"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into orders values (100, 1, 9.5)"));
    co_return pgcoro::success();
}

pgcoro::task<> by_name(pgcoro::connection& db) {
    // [by_name]
    BOOST_OUTCOME_CO_TRY(auto customers, co_await db.fetch<customer>("select * from customers order by id"));
    // [/by_name]
    expect(customers.size() == 2 && customers[0].name == "Ada" && customers[0].city == "London");
    // [missing]
    auto wrong = co_await db.fetch<customer>("select id, city from customers");
    // the result has no column "name", which customer reads into std::string
    std::cout << wrong.error().message() << '\n';
    // [/missing]
    expect(wrong.error().message() == "the result has no column \"name\", which customer reads into std::string");
    BOOST_OUTCOME_CO_TRY(auto counts, co_await db.fetch<count_of_city>("select coalesce(city, '?'), count(*) from customers"
                                                                       " group by city order by 1"));
    expect(counts.size() == 2 && counts[0].customers == 1);
    co_return pgcoro::success();
}

pgcoro::task<> joined(pgcoro::connection& db) {
    // [join]
    using customer_and_order = std::tuple<customer, std::optional<order>>;
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.fetch<customer_and_order>(
                                        "select c.id, c.name, c.city, o.number, o.total"
                                        " from customers c left join orders o on o.customer = c.id order by c.id"));
    for (const auto& [who, what] : rows) {
        std::cout << who.name << ": " << (what ? std::to_string(what->number) : "no order") << '\n';
    }
    // [/join]
    expect(rows.size() == 2 && std::get<1>(rows[0])->number == 100 && !std::get<1>(rows[1]));
    co_return pgcoro::success();
}

pgcoro::task<> printed(pgcoro::connection& db) {
    std::ostringstream text;
    std::string document;
    {
        auto& out = text;
        // [print]
        BOOST_OUTCOME_CO_TRY(auto rows, co_await db.fetch("select id, name, city, since from customers order by id"));
        out << rows;
        // [/print]
        // [json]
        BOOST_OUTCOME_CO_TRY(auto json, pgcoro::to_json(rows));
        document = serialize(json.at(0)); // {"id":1,"name":"Ada","city":"London","since":"2024-05-01"}
        // [/json]
        // [view]
        BOOST_OUTCOME_CO_TRY(std::string_view name, rows[0]["name"].text()); // looks into rows
        BOOST_OUTCOME_CO_TRY(std::string since, to_text(rows[0]["since"]));  // 2024-05-01
        // [/view]
        expect(name == "Ada" && since == "2024-05-01");
    }
    std::cout << text.str();
    expect(text.str() == " id | name |  city  |   since    \n"
                         "----+------+--------+------------\n"
                         "  1 | Ada  | London | 2024-05-01\n"
                         "  2 | Bob  |        | 2025-01-31\n"
                         "(2 rows)\n");
    expect(document == R"({"id":1,"name":"Ada","city":"London","since":"2024-05-01"})");
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await prepare(db));
    BOOST_OUTCOME_CO_TRY(co_await by_name(db));
    BOOST_OUTCOME_CO_TRY(co_await joined(db));
    BOOST_OUTCOME_CO_TRY(co_await printed(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
