// SPDX-License-Identifier: BSL-1.0
// What docs/bulk.md says of rows of C++ types.
#include "run.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

using tutorial::expect;

// [type]
struct reading {
    std::int32_t sensor;
    double value;
    std::optional<std::string> note;
};
// [/type]

pgcoro::task<> write_all(pgcoro::connection& db) {
    // [copy_in]
    std::vector<reading> readings{{1, 21.5, "hall"}, {2, 19.0, std::nullopt}};
    const pgcoro::copy_target target("readings", "sensor", "value", "note");
    BOOST_OUTCOME_CO_TRY(auto tag, co_await db.copy_in(target, readings));
    std::cout << tag.rows_affected() << " rows\n"; // committed
    // [/copy_in]
    expect(tag.rows_affected() == 2);
    co_return pgcoro::success();
}

pgcoro::task<> write_as_they_come(pgcoro::connection& db) {
    // [writer]
    BOOST_OUTCOME_CO_TRY(auto writer, co_await db.copy_rows<reading>("readings"));
    for (std::int32_t sensor = 3; sensor <= 100; ++sensor) {
        const reading r{sensor, 20.0, std::nullopt};
        BOOST_OUTCOME_CO_TRY(co_await writer.write(r));
    }
    BOOST_OUTCOME_CO_TRY(co_await writer.finish());
    // [/writer]
    co_return pgcoro::success();
}

pgcoro::task<double> read_all(pgcoro::connection& db) {
    double sum = 0;
    // [copy_out]
    BOOST_OUTCOME_CO_TRY(auto rows, co_await db.copy_out<reading>("select sensor, value, note from readings"));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
        if (chunk.empty()) {
            break;
        }
        for (const reading& r : chunk) {
            sum += r.value;
        }
    }
    // [/copy_out]
    co_return sum;
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create temp table readings (sensor int4, value float8, note text)"));
    BOOST_OUTCOME_CO_TRY(co_await write_all(db));
    BOOST_OUTCOME_CO_TRY(co_await write_as_they_come(db));
    BOOST_OUTCOME_CO_TRY(auto sum, co_await read_all(db));
    expect(sum == 21.5 + 19.0 + 98 * 20.0);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
