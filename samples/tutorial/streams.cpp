// SPDX-License-Identifier: BSL-1.0
// What docs/streams.md says of row streams.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>

#include <cstdint>
#include <iostream>
#include <string>

namespace {

using tutorial::expect;

struct reading {
    int sensor;
    double value;
};

// [chunks]
pgcoro::task<double> sum_of(pgcoro::connection& db, int day) {
    double sum = 0;
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.stream<reading>("select sensor, value from readings where day = $1", day));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
        if (chunk.empty()) {
            break;
        }
        for (const reading& r : chunk) {
            sum += r.value;
        }
    }
    co_return sum;
}
// [/chunks]

pgcoro::task<> one_by_one(pgcoro::connection& db) {
    // [rows]
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.stream<reading>("select sensor, value from readings order by value desc"));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
        if (!row || row->value < 990) {
            break; // the rest is not read
        }
        std::cout << row->sensor << ": " << row->value << '\n';
    }
    // [/rows]
    co_return pgcoro::success();
}

pgcoro::task<> dynamic(pgcoro::connection& db) {
    // [dynamic]
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.stream("select sensor, count(*) as readings from readings group by sensor"));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
        if (!row) {
            break;
        }
        BOOST_OUTCOME_CO_TRY(auto count, (*row)["readings"].as<std::int64_t>());
        std::cout << count << " readings\n";
    }
    // [/dynamic]
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create temp table readings (sensor int, value float8, day int)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into readings select i % 7, i, i % 3 from generate_series(0, 999) i"));
    BOOST_OUTCOME_CO_TRY(auto sum, co_await sum_of(db, 1));
    expect(sum == 333 * 499.0);
    BOOST_OUTCOME_CO_TRY(co_await one_by_one(db));
    BOOST_OUTCOME_CO_TRY(co_await dynamic(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
