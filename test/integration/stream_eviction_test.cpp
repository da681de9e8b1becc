// SPDX-License-Identifier: BSL-1.0
// Statements that are evicted before, behind and by what streams. libpq 17 and newer close them ahead of the next request, with
// its Sync; COPY and scripts have no Sync, and must not take anything along.
#include "copy_fixture.hpp"
#include "eviction_fixture.hpp"
#include "support/read_all.hpp"
#include "support/started.hpp"

#include <pgcoro/copy.hpp>
#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>
#include <pgcoro/script.hpp>

#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

constexpr std::size_t cached = 2;

void with_small_cache(const std::function<task<>(connection&)>& body) {
    with_connection(with_cache_of(cached), [&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await make_table(c));
        auto outcome = co_await body(c);
        co_return outcome;
    });
}

/// Leaves something to be closed.
task<> evict(connection& c) {
    for (std::size_t n = 0; n != cached + 4; ++n) {
        BOOST_OUTCOME_CO_TRY(auto value, co_await literals[n](c));
        EXPECT_EQ(value, static_cast<int>(n));
    }
    co_return success();
}

std::vector<started<int>> start_literals(connection& c, std::size_t first, std::size_t last) {
    std::vector<started<int>> all;
    for (std::size_t n = first; n != last; ++n) {
        all.emplace_back(literals[n](c));
    }
    return all;
}

task<> expect_values(const std::vector<started<int>>& all, std::size_t first) {
    for (std::size_t n = 0; n != all.size(); ++n) {
        BOOST_OUTCOME_CO_TRY(auto value, co_await all[n].get());
        EXPECT_EQ(value, static_cast<int>(first + n));
    }
    co_return success();
}

/// Each statement has its own answer, and the server keeps no more of them than the cache.
task<> expect_order(connection& c) {
    BOOST_OUTCOME_CO_TRY(co_await expect_values(start_literals(c, 100, 110), 100));
    BOOST_OUTCOME_CO_TRY(co_await literals[110](c));
    BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
    EXPECT_EQ(kept, static_cast<long>(cached));
    co_return success();
}

TEST(stream_eviction, ahead_of_copy_in) {
    with_small_cache([](connection& c) -> task<> {
        for (const char* const rows : {"1\n", "2\n3\n"}) {
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t (a) from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await writer.write(rows));
            BOOST_OUTCOME_CO_TRY(co_await writer.finish());
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        }
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 3);
        co_return success();
    });
}

TEST(stream_eviction, ahead_of_copy_out) {
    with_small_cache([](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select 7) to stdout"));
            BOOST_OUTCOME_CO_TRY(auto bytes, co_await read_all(reader));
            EXPECT_EQ(bytes, "7\n");
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        }
        co_return success();
    });
}

TEST(stream_eviction, ahead_of_a_script) {
    with_small_cache([](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            BOOST_OUTCOME_CO_TRY(auto results, co_await c.run_script("select 1; select 2"));
            EXPECT_EQ(results.size(), 2u);
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        }
        co_return success();
    });
}

TEST(stream_eviction, ahead_of_typed_copies) {
    with_small_cache([](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            const std::vector<std::tuple<int, std::string>> rows{{2 * time, "even"}, {2 * time + 1, "odd"}};
            const pgcoro::copy_target target("t");
            BOOST_OUTCOME_CO_TRY(auto tag, co_await c.copy_in(target, rows));
            EXPECT_EQ(tag, "COPY 2");
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            BOOST_OUTCOME_CO_TRY(auto copied, co_await c.copy_out<int>("select a from t"));
            BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(copied));
            EXPECT_EQ(all.size(), rows.size() * static_cast<std::size_t>(time + 1));
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        }
        co_return success();
    });
}

// A row stream has a Sync. What is closed and prepared with it has answers of its own, ahead of the rows, which come in pieces
// all the same.
TEST(stream_eviction, ahead_of_a_row_stream_and_by_it) {
    with_small_cache([](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 20000)"));
            std::size_t n = 0;
            for (std::size_t size = 1; size != 0; n += size) {
                BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
                size = chunk.size();
                EXPECT_LT(size, 1000u);
            }
            EXPECT_EQ(n, 20000u);
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        }
        co_return success();
    });
}

TEST(stream_eviction, among_statements_that_wait) {
    with_small_cache([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        const auto first = start_literals(c, 10, 20);
        started written(c.copy_in("copy t (a) from stdin"));
        const auto second = start_literals(c, 20, 30);
        started scripted(c.run_script("select 1; select 2; select 3"));
        started copied(c.copy_out("copy t (a) to stdout"));
        const auto third = start_literals(c, 30, 40);
        started streamed(c.stream<int>("select generate_series(1, 1000)"));
        const auto fourth = start_literals(c, 40, 50);

        BOOST_OUTCOME_CO_TRY(co_await expect_values(first, 10));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await written.get());
        BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n2\n"));
        BOOST_OUTCOME_CO_TRY(co_await writer.finish());
        BOOST_OUTCOME_CO_TRY(co_await expect_values(second, 20));
        BOOST_OUTCOME_CO_TRY(auto results, co_await scripted.get());
        EXPECT_EQ(results.size(), 3u);
        BOOST_OUTCOME_CO_TRY(auto reader, co_await copied.get());
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await read_all(reader));
        EXPECT_EQ(bytes, "1\n2\n");
        BOOST_OUTCOME_CO_TRY(co_await expect_values(third, 30));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await streamed.get());
        BOOST_OUTCOME_CO_TRY(auto all, co_await read_all(rows));
        EXPECT_EQ(all.size(), 1000u);
        BOOST_OUTCOME_CO_TRY(co_await expect_values(fourth, 40));
        co_return co_await expect_order(c);
    });
}

TEST(stream_eviction, ahead_of_a_transaction_that_begins_with_a_copy) {
    with_small_cache([](connection& c) -> task<> {
        for (const bool keep : {true, false}) {
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(auto writer, co_await tx.copy_in("copy t (a) from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await writer.write(keep ? "1\n" : "2\n"));
            BOOST_OUTCOME_CO_TRY(co_await writer.finish());
            for (int n = 0; n < 3; ++n) {
                BOOST_OUTCOME_CO_TRY(auto same, co_await tx.fetch_one<int>("select $1::int", n));
                EXPECT_EQ(same, n);
            }
            BOOST_OUTCOME_CO_TRY(auto results, co_await tx.run_script("select 1; select 2"));
            EXPECT_EQ(results.size(), 2u);
            auto end = keep ? tx.commit() : tx.rollback();
            BOOST_OUTCOME_CO_TRY(co_await std::move(end));
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        }
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 1);
        co_return success();
    });
}

TEST(stream_eviction, ahead_of_what_fails) {
    with_small_cache([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        EXPECT_EQ(error_of(co_await c.copy_in("copy nowhere from stdin")), sqlstate::undefined_table);
        BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        EXPECT_EQ(error_of(co_await c.copy_out("copy nowhere to stdout")), sqlstate::undefined_table);
        BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        EXPECT_EQ(error_of(co_await c.run_script("select 1; select 1 / 0; select 2")), sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        EXPECT_EQ(error_of(co_await c.stream<int>("select nothing from nowhere")), sqlstate::undefined_table);
        BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        EXPECT_EQ(error_of(co_await c.run_script("select 1; copy t to stdout")), errc::copy_not_supported);
        co_return co_await expect_order(c);
    });
}

// A SAVEPOINT in a transaction that has failed fails, too, and what is sent behind it is skipped.
TEST(stream_eviction, ahead_of_a_savepoint_that_fails) {
    with_small_cache([](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            BOOST_OUTCOME_CO_TRY(co_await evict(c));
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(auto n, co_await tx.fetch_one<int>("select 1"));
            EXPECT_EQ(n, 1);
            BOOST_OUTCOME_CO_TRY(co_await tx.fetch_one<int>("select 1 + 1"));
            EXPECT_EQ(error_of(co_await tx.fetch_one<int>("select 1 / 0")), sqlstate::division_by_zero);
            {
                BOOST_OUTCOME_CO_TRY(auto inner, co_await tx.begin());
                EXPECT_EQ(error_of(co_await inner.fetch_one<int>("select 3")), sqlstate::in_failed_sql_transaction);
            }
            BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
            BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        }
        co_return success();
    });
}

TEST(stream_eviction, ahead_of_what_is_dropped) {
    with_small_cache([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        {
            BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t (a) from stdin"));
            BOOST_OUTCOME_CO_TRY(co_await writer.write("1\n"));
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        {
            BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select generate_series(1, 10000000)) to stdout"));
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        BOOST_OUTCOME_CO_TRY(co_await evict(c));
        {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 10000000)"));
        }
        BOOST_OUTCOME_CO_TRY(co_await expect_order(c));
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

} // namespace
