// SPDX-License-Identifier: BSL-1.0
// What fetch keeps in memory while it reads a large result into a vector.
#include "support/resident.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <libpq-fe.h>

#include <fstream>
#include <string>
#include <tuple>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;

/// The most that this process has had in memory since `forget_peak`, in bytes.
std::size_t peak() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (std::size_t kib = 0; word == "VmHWM:" && status >> kib) {
            return kib * 1024;
        }
    }
    return 0;
}
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

TEST(fetch_memory, is_that_of_the_rows) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer keeps what is freed";
#elif !defined(LIBPQ_HAS_CHUNK_MODE)
    GTEST_SKIP() << "needs libpq 17: before, libpq has all of the result in memory";
#endif
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        using row = std::tuple<std::int64_t, std::int64_t>;
        constexpr int count = 1 << 20; // as many as a vector that grows has room for
        BOOST_OUTCOME_CO_TRY(co_await c.fetch<row>("select i, -i from generate_series(1, $1::int8) i", 1000));
        const std::size_t before = resident();
        forget_peak();
        BOOST_OUTCOME_CO_TRY(const auto rows, co_await c.fetch<row>("select i, -i from generate_series(1, $1::int8) i", count));
        EXPECT_EQ(rows.size(), static_cast<std::size_t>(count));
        EXPECT_EQ(rows.back(), row(count, -count));
        EXPECT_GT(peak() - before, count * sizeof(row));
        EXPECT_LT(peak() - before, count * sizeof(row) + 8 * 1024 * 1024);
        co_return success();
    });
}

} // namespace
