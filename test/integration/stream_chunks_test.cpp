// SPDX-License-Identifier: BSL-1.0
// Row streams where libpq hands over rows in chunks of 64, as 17 and newer do: whole ones, a last one with fewer rows, none;
// and errors in the middle of one, whose rows libpq drops.
#include "support/judge.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/row_stream.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::row_stream;
using pgcoro::sqlstate;
using pgcoro::task;

/// With and without a rest, of libpq's chunks and of ours.
constexpr int around_chunks[] = {0,   1,   2,   63,  64,  65,  127, 128, 129,  191, 192,
                                 193, 255, 256, 257, 319, 320, 321, 512, 4096, 4097};

/// What a stream gave that counts from 1, and why it ended.
struct counted {
    int rows = 0;
    bool in_order = true;
    std::size_t largest = 0; // chunk
    pgcoro::error why;
};

task<counted> read_counting(row_stream<int>& rows) {
    counted c;
    for (;;) {
        const auto got = co_await rows.next_chunk();
        if (!got) {
            c.why = got.error();
            co_return c;
        }
        if (got.value().empty()) {
            co_return c;
        }
        c.largest = std::max(c.largest, got.value().size());
        for (const int n : got.value()) {
            c.in_order = c.in_order && n == ++c.rows;
        }
    }
}

TEST(stream_chunks, give_all_rows_and_the_tag) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const int wanted : around_chunks) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, $1::int)", wanted));
            BOOST_OUTCOME_CO_TRY(auto got, co_await read_counting(rows));
            EXPECT_TRUE(got.in_order);
            EXPECT_EQ(got.rows, wanted);
            EXPECT_FALSE(got.why);
            EXPECT_EQ(rows.tag(), "SELECT " + std::to_string(wanted));
            EXPECT_EQ(rows.tag().rows_affected(), static_cast<std::uint64_t>(wanted));
            EXPECT_EQ(rows.columns().size(), 1u);
        }
        co_return success();
    });
}

TEST(stream_chunks, of_a_statement_that_writes_have_its_tag) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        for (const int wanted : around_chunks) {
            BOOST_OUTCOME_CO_TRY(
                auto made, co_await c.stream<int>("insert into t select generate_series(1, $1::int) returning a", wanted));
            BOOST_OUTCOME_CO_TRY(auto got, co_await read_counting(made));
            EXPECT_EQ(got.rows, wanted);
            EXPECT_EQ(made.tag(), "INSERT 0 " + std::to_string(wanted));
            BOOST_OUTCOME_CO_TRY(auto gone, co_await c.stream("delete from t returning a as gone"));
            for (bool more = true; more;) {
                BOOST_OUTCOME_CO_TRY(auto row, co_await gone.next());
                more = row.has_value();
            }
            EXPECT_EQ(gone.tag(), "DELETE " + std::to_string(wanted));
            EXPECT_EQ(gone.columns()[0].name(), "gone");
        }
        co_return success();
    });
}

// Columns without a binary output make a result of our own out of libpq's.
TEST(stream_chunks, with_text_columns_have_the_tag) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const int wanted : {0, 1, 64, 100, 128}) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream("select i, makeaclitem(10, 10, 'SELECT', false) from "
                                                              "generate_series(1, $1::int) i",
                                                              wanted));
            int n = 0;
            for (;;) {
                BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
                if (chunk.empty()) {
                    break;
                }
                n += static_cast<int>(chunk.size());
            }
            EXPECT_EQ(n, wanted);
            EXPECT_EQ(rows.tag(), "SELECT " + std::to_string(wanted));
        }
        co_return success();
    });
}

// libpq forgets how rows are to be handed over with each command.
TEST(stream_chunks, are_small_for_every_stream_of_a_connection) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (int time = 0; time < 4; ++time) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, $1::int)", 20000));
            BOOST_OUTCOME_CO_TRY(auto got, co_await read_counting(rows));
            EXPECT_EQ(got.rows, 20000);
            EXPECT_GT(got.largest, 1u);
            EXPECT_LT(got.largest, 1000u);
            // A statement in between has its result in one piece.
            BOOST_OUTCOME_CO_TRY(auto all, co_await c.fetch<int>("select generate_series(1, 1000)"));
            EXPECT_EQ(all.size(), 1000u);
        }
        co_return success();
    });
}

TEST(stream_chunks, before_an_error_are_a_beginning_of_the_rows) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const int at : around_chunks) {
            auto opened = co_await c.stream<int>("select case when i <> $1::int + 1 then i else 1 / (i - i) end from "
                                                 "generate_series(1, 10000) i",
                                                 at);
            pgcoro::error why = error_of(opened);
            if (opened) {
                BOOST_OUTCOME_CO_TRY(auto got, co_await read_counting(opened.value()));
                EXPECT_TRUE(got.in_order);
                EXPECT_LE(got.rows, at);
                EXPECT_EQ(error_of(co_await opened.value().next()), sqlstate::division_by_zero);
                EXPECT_EQ(opened.value().tag(), "");
                why = got.why;
            }
            EXPECT_EQ(why, sqlstate::division_by_zero);
            BOOST_OUTCOME_CO_TRY(auto same, co_await c.fetch_one<int>("select $1::int", at));
            EXPECT_EQ(same, at);
        }
        co_return success();
    });
}

// The rows of the whole chunks had come, and so had some of the next one, when the server failed.
TEST(stream_chunks, that_were_whole_before_a_late_error_are_given) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        libpq_session judge(shared_server().dsn());
        judge.value("select pg_advisory_lock(64)");
        // What is as wide as this leaves the server's buffer before it waits for the lock.
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<std::string>(
                                            "select case when i = 101 then (1 / length(pg_advisory_lock(64)::text))::text "
                                            "else rpad(i::text, 1000) end from generate_series(1, $1::int) i",
                                            200));
        std::size_t read = 0;
        while (read < 64) {
            BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
            for (const auto& row : chunk) {
                EXPECT_EQ(std::stoul(row), ++read);
            }
        }
        co_await until_blocked(judge, c);
        judge.value("select pg_advisory_unlock(64)");
        pgcoro::error why;
        while (!why) {
            const auto chunk = co_await rows.next_chunk();
            why = error_of(chunk);
            if (!why) {
                EXPECT_FALSE(chunk.value().empty());
                for (const auto& row : chunk.value()) {
                    EXPECT_EQ(std::stoul(row), ++read);
                }
            }
        }
        EXPECT_EQ(why, sqlstate::division_by_zero);
        EXPECT_LT(read, 101u);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(stream_chunks, may_be_dropped_in_the_middle_of_one) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const int read : {1, 10, 64, 65, 100}) {
            for (const int count : {64, 100, 128, 1000000}) {
                BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, $1::int)", count));
                for (int n = 1; n <= std::min(read, count); ++n) {
                    BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
                    EXPECT_EQ(row, n);
                }
                rows.close();
                BOOST_OUTCOME_CO_TRY(auto same, co_await c.fetch_one<int>("select $1::int", count));
                EXPECT_EQ(same, count);
            }
        }
        co_return success();
    });
}

} // namespace
