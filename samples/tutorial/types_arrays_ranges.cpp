// SPDX-License-Identifier: BSL-1.0
// The snippets on arrays and ranges.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>
#include <pgcoro/types/array_with_bounds.hpp>
#include <pgcoro/types/multirange.hpp>
#include <pgcoro/types/range.hpp>
#include <pgcoro/types/variant.hpp>

#include <variant>
#include <vector>

using tutorial::expect;

// [user_range]
// create type floatrange as range (subtype = float8)
template <>
struct pgcoro::range_traits<double> {
    static constexpr std::string_view sql_name = "floatrange";
    static constexpr std::string_view multirange_sql_name = "floatmultirange"; // if multiranges are sent
};
// [/user_range]

namespace {

struct user {
    std::int64_t id;
    std::string name;
};

pgcoro::task<> arrays(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table users as select i as id, 'user ' || i as name "
                                             "from generate_series(1::bigint, 9) i"));
    // [any]
    std::vector<std::int64_t> wanted = {3, 5, 8};
    BOOST_OUTCOME_CO_TRY(auto users, co_await db.fetch<user>("select id, name from users where id = any($1)", wanted));
    // [/any]
    expect(users.size() == 3);

    // [bounds]
    // '[0:1][5:7]={{1,2,3},{4,5,6}}'
    pgcoro::array<int> value{{{2, 0}, {3, 5}}, {1, 2, 3, 4, 5, 6}};
    int five = value.elements[*value.position({1, 6})];
    // [/bounds]
    expect(five == 5);
    BOOST_OUTCOME_CO_TRY(auto text, co_await db.fetch_one<std::string>("select $1::text", value));
    expect(text == "[0:1][5:7]={{1,2,3},{4,5,6}}");
    co_return pgcoro::success();
}

pgcoro::task<> ranges(pgcoro::connection& db) {
    const std::vector<pgcoro::range<int>> all = {
        // [ranges]
        pgcoro::range(1, 5),                                         // [1,5)
        pgcoro::range(pgcoro::excluding(1), pgcoro::including(5)),   // (1,5]
        pgcoro::range<int>(pgcoro::including(1), pgcoro::unbounded), // [1,)
        pgcoro::range<int>(),                                        // empty
        // [/ranges]
    };
    BOOST_OUTCOME_CO_TRY(auto text, co_await db.fetch_one<std::string>("select $1::text", all));
    expect(text == R"~({"[1,5)","[2,6)","[1,)",empty})~");

    BOOST_OUTCOME_CO_TRY(co_await db.execute("create type floatrange as range (subtype = float8)"));
    BOOST_OUTCOME_CO_TRY(auto inside, co_await db.fetch_one<bool>("select $1 @> 0.25::float8", pgcoro::range(0.0, 0.5)));
    expect(inside);
    std::variant<std::monostate, int, std::string> either = 7;
    BOOST_OUTCOME_CO_TRY(auto seven, co_await db.fetch_one<int>("select $1", either));
    expect(seven == 7);
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
