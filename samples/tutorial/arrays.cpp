// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/types.md about arrays and ranges.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>

using tutorial::expect;

// [own_range]
// create type floatrange as range (subtype = float8, multirange_type_name = floatmultirange)
template <>
struct pgcoro::range_traits<double> {
    static constexpr std::string_view sql_name = "floatrange";
    static constexpr std::string_view multirange_sql_name = "floatmultirange"; // if multiranges are sent
};
// [/own_range]

namespace {

struct user {
    std::int64_t id;
    std::string name;
};

pgcoro::task<> arrays(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create temp table users (id int8, name text)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into users select n, 'u' || n from generate_series(1, 10) n"));
    // [any]
    const std::vector<std::int64_t> wanted = {3, 5, 8};
    BOOST_OUTCOME_CO_TRY(auto users, co_await db.fetch<user>("select id, name from users where id = any($1)", wanted));
    // [/any]
    expect(users.size() == 3 && users[2].name == "u8");
    // [bounds]
    // '[0:1][5:7]={{1,2,3},{4,5,6}}'
    const pgcoro::array<int> value{{{2, 0}, {3, 5}}, {1, 2, 3, 4, 5, 6}};
    const int five = value.elements[*value.position({1, 6})];
    // [/bounds]
    expect(five == 5);
    BOOST_OUTCOME_CO_TRY(auto printed, co_await db.fetch_one<std::string>("select ($1)::text", value));
    expect(printed == "[0:1][5:7]={{1,2,3},{4,5,6}}");
    co_return pgcoro::success();
}

pgcoro::task<> ranges(pgcoro::connection& db) {
    // [ranges]
    const pgcoro::range half_open(1, 5);                                        // [1,5)
    const pgcoro::range turned(pgcoro::excluding(1), pgcoro::including(5));     // (1,5]
    const pgcoro::range<int> from_one(pgcoro::including(1), pgcoro::unbounded); // [1,)
    const pgcoro::range<int> nothing;                                           // empty
    BOOST_OUTCOME_CO_TRY(auto overlap, co_await db.fetch_one<pgcoro::range<int>>("select $1 * $2", half_open, turned));
    std::cout << to_string(overlap) << '\n'; // [2,5)
    // [/ranges]
    expect(to_string(overlap) == "[2,5)" && from_one.contains(7) && nothing.is_empty());
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set search_path = pg_temp"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute(
        "create type pg_temp.floatrange as range (subtype = float8, multirange_type_name = floatmultirange)"));
    BOOST_OUTCOME_CO_TRY(auto back, co_await db.fetch_one<pgcoro::range<double>>("select $1", pgcoro::range(0.5, 1.5)));
    expect(back == pgcoro::range(0.5, 1.5));
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await arrays(db));
    BOOST_OUTCOME_CO_TRY(co_await ranges(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
