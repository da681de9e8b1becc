// SPDX-License-Identifier: BSL-1.0
// Cursors that are used and dropped on other threads than the one that serves their connection.
#include "cursor_fixture.hpp"

#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::cursor_options;

TEST(a_cursor_of_a_strand, can_be_used_and_dropped_on_any_thread) {
    asio::thread_pool threads(3);
    const auto strand = asio::make_strand(threads);
    auto c = pgcoro::connect(strand, shared_server().dsn())(asio::use_future).get().value();
    auto tx = c.begin()(asio::use_future).get().value();
    for (int i = 0; i < 20; ++i) {
        auto rows = tx.cursor<std::int32_t>("select * from generate_series(1, 1000)");
        std::int32_t next = 1;
        for (int count = 1; next < 500; count += 7) {
            EXPECT_EQ(rows.fetch(count)(asio::use_future).get().value(), numbers(next, next + count - 1));
            next += count;
        }
    }
    EXPECT_EQ(tx.fetch_one<std::int64_t>(count_of_cursors)(asio::use_future).get().value(), 0);
    tx.commit()(asio::use_future).get().value();
}

} // namespace
