// SPDX-License-Identifier: BSL-1.0
// Row streams: what they give, and in what pieces.
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/row_stream.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::dynamic_row;
using pgcoro::errc;
using pgcoro::row_stream;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

struct item {
    std::int64_t id = 0;
    std::string name;
    std::optional<double> price;
};

/// Has no value before it is read.
struct labelled {
    explicit labelled(int number, const std::string& text) : label(std::to_string(number) + ": " + text) {}
    std::string label;
};

} // namespace

template <>
struct pgcoro::row_traits<labelled> {
    using columns = std::tuple<int, std::string>;
    static labelled make(int number, const std::string& text) { return labelled(number, text); }
};

namespace {

/// Reads the rest, and gives the number of rows; counts the chunks.
template <class Row>
task<std::size_t> count(row_stream<Row>& rows, std::size_t* chunks = nullptr) {
    std::size_t n = 0;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
        if (chunk.empty()) {
            co_return n;
        }
        n += chunk.size();
        if (chunks) {
            ++*chunks;
        }
    }
}

TEST(stream, gives_all_rows_one_by_one) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const int wanted : {0, 1, 2, 63, 64, 65, 128, 255, 256, 257, 512, 1000, 5000}) {
            BOOST_OUTCOME_CO_TRY(auto rows,
                                 co_await c.stream<item>("select i::int8, 'n' || i, case when i % 3 <> 0 then i / 2.0::float8 "
                                                         "end from generate_series(1, $1::int) i",
                                                         wanted));
            EXPECT_EQ(rows.columns().size(), 3u);
            EXPECT_EQ(rows.columns()[0].name(), "i");
            std::int64_t read = 0;
            for (;;) {
                BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
                if (!row) {
                    break;
                }
                ++read;
                EXPECT_EQ(row->id, read);
                EXPECT_EQ(row->name, "n" + std::to_string(read));
                EXPECT_EQ(row->price, read % 3 != 0 ? std::optional<double>(static_cast<double>(read) / 2) : std::nullopt);
            }
            EXPECT_EQ(read, wanted);
            EXPECT_EQ(rows.tag(), "SELECT " + std::to_string(wanted));
            BOOST_OUTCOME_CO_TRY(auto again, co_await rows.next());
            EXPECT_FALSE(again);
        }
        co_return success();
    });
}

TEST(stream, gives_chunks) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 20000)"));
        int last = 0;
        std::size_t largest = 0;
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
            if (chunk.empty()) {
                break;
            }
            largest = std::max(largest, chunk.size());
            for (const int n : chunk) {
                EXPECT_EQ(n, ++last);
            }
        }
        EXPECT_EQ(last, 20000);
        EXPECT_GT(largest, 1u);
        EXPECT_LT(largest, 1000u);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(stream, mixes_rows_and_chunks) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 3000)"));
        int last = 0;
        for (bool single = true;; single = !single) {
            if (single) {
                BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
                if (!row) {
                    break;
                }
                EXPECT_EQ(*row, ++last);
            } else {
                BOOST_OUTCOME_CO_TRY(auto chunk, co_await rows.next_chunk());
                for (const int n : chunk) {
                    EXPECT_EQ(n, ++last);
                }
            }
        }
        EXPECT_EQ(last, 3000);
        co_return success();
    });
}

TEST(stream, gives_dynamic_rows) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream("select i as n, 'row ' || i as t from generate_series(1, 300) i"));
        std::vector<dynamic_row> kept;
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
            if (!row) {
                break;
            }
            kept.push_back(*std::move(row));
        }
        rows.close();
        EXPECT_EQ(kept.size(), 300u);
        for (std::size_t i = 0; i < kept.size(); ++i) {
            BOOST_OUTCOME_CO_TRY(auto n, kept[i]["n"].as<int>());
            BOOST_OUTCOME_CO_TRY(auto t, kept[i][1].as<std::string>());
            EXPECT_EQ(n, static_cast<int>(i) + 1);
            EXPECT_EQ(t, "row " + std::to_string(n));
        }
        co_return success();
    });
}

TEST(stream, of_a_statement_without_rows) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create temp table t (a int)"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream("insert into t values (1), (2)"));
        BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
        EXPECT_FALSE(row);
        EXPECT_EQ(rows.tag(), "INSERT 0 2");
        EXPECT_EQ(rows.columns().size(), 0u);
        BOOST_OUTCOME_CO_TRY(auto returned, co_await c.stream<int>("insert into t values (3), (4) returning a"));
        BOOST_OUTCOME_CO_TRY(auto n, co_await count(returned));
        EXPECT_EQ(n, 2u);
        BOOST_OUTCOME_CO_TRY(auto stored, co_await c.fetch_one<std::int64_t>("select count(*) from t"));
        EXPECT_EQ(stored, 4);
        co_return success();
    });
}

TEST(stream, reports_an_error_before_the_first_row_when_it_is_opened) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        EXPECT_EQ(error_of(co_await c.stream<int>("select nothing from nowhere")), sqlstate::undefined_table);
        EXPECT_EQ(error_of(co_await c.stream<int>("select 'a'::text")), errc::type_mismatch);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(stream, delivers_the_rows_before_an_error) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select 1 / (3000 - i) from generate_series(1, 5000) i"));
        std::size_t read = 0;
        pgcoro::error why;
        while (!why) {
            const auto chunk = co_await rows.next_chunk();
            if (!chunk) {
                why = chunk.error();
            } else {
                EXPECT_FALSE(chunk.value().empty());
                read += chunk.value().size();
                if (chunk.value().empty()) {
                    break;
                }
            }
        }
        EXPECT_EQ(why, sqlstate::division_by_zero);
        EXPECT_GT(read, 0u);
        EXPECT_LT(read, 3000u);
        EXPECT_EQ(error_of(co_await rows.next()), sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(stream, ends_with_a_row_that_cannot_be_read) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows,
                             co_await c.stream<int>("select case when i < 5000 then i end from generate_series(1, 100000) i"));
        const auto outcome = co_await count(rows);
        EXPECT_EQ(error_of(outcome), errc::unexpected_null);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(stream, reads_types_that_cannot_be_made_of_nothing) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<labelled>("select i, 'n' || i from generate_series(1, 1000) i"));
        int last = 0;
        for (bool more = true; more;) {
            BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
            more = row.has_value();
            if (more) {
                ++last;
                EXPECT_EQ(row->label, std::to_string(last) + ": n" + std::to_string(last));
            }
        }
        EXPECT_EQ(last, 1000);
        auto refused = co_await c.stream<labelled>("select case when i < 3 then i end, 'x' from generate_series(1, 10) i");
        EXPECT_EQ(error_of(refused), errc::unexpected_null);
        co_return success();
    });
}

TEST(stream, refuses_statements_while_it_is_open) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 100000)"));
        const auto refused = error_of(co_await c.execute("select 1"));
        EXPECT_EQ(refused, errc::stream_open);
        EXPECT_TRUE(refused.is(pgcoro::error::nothing_sent));
        EXPECT_EQ(error_of(co_await c.stream<int>("select 1")), errc::stream_open);
        BOOST_OUTCOME_CO_TRY(auto n, co_await count(rows));
        EXPECT_EQ(n, 100000u);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(stream, that_is_dropped_leaves_the_connection_usable) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const char* const count : {"1", "100", "3000", "100000000"}) {
            BOOST_OUTCOME_CO_TRY(
                auto rows, co_await c.stream<int>(unchecked_sql("select generate_series(1, " + std::string(count) + ")")));
            BOOST_OUTCOME_CO_TRY(auto row, co_await rows.next());
            EXPECT_EQ(row, 1);
            rows.close();
            BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
            EXPECT_EQ(one, 1);
        }
        EXPECT_TRUE(c.is_open());
        co_return success();
    });
}

TEST(stream, in_a_transaction) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(auto rows, co_await tx.stream<int>("select generate_series(1, 100000)"));
        EXPECT_EQ(error_of(co_await tx.execute("select 1")), errc::stream_open);
        EXPECT_EQ(error_of(co_await tx.commit()), errc::stream_open);
        EXPECT_EQ(error_of(co_await c.execute("select 1")), errc::transaction_open);
        BOOST_OUTCOME_CO_TRY(auto n, co_await count(rows));
        EXPECT_EQ(n, 100000u);
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("create table made_beside_a_stream ()"));
        // So many that the cancel request comes before the last one, however slowly.
        BOOST_OUTCOME_CO_TRY(auto more, co_await tx.stream<int>("select generate_series(1, 100000000)"));
        more.close();
        EXPECT_EQ(error_of(co_await tx.commit()), errc::transaction_rolled_back);
        BOOST_OUTCOME_CO_TRY(auto made, co_await c.fetch_one<bool>("select to_regclass('made_beside_a_stream') is not null"));
        EXPECT_FALSE(made);
        co_return success();
    });
}

TEST(stream, ends_with_its_transaction) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        std::optional<row_stream<int>> rows;
        {
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(auto opened, co_await tx.stream<int>("select generate_series(1, 10000000)"));
            rows = std::move(opened);
        }
        EXPECT_EQ(error_of(co_await rows->next()), errc::transaction_over);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST(stream, on_a_pool_keeps_its_connection_until_the_end) {
    run([]() -> task<> {
        pgcoro::pool_options options;
        options.max_size = 1;
        pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn(), options);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await pool.stream<int>("select generate_series(1, 100000)"));
        started other(pool.fetch_one<int>("select 2"));
        BOOST_OUTCOME_CO_TRY(auto n, co_await count(rows));
        EXPECT_EQ(n, 100000u);
        BOOST_OUTCOME_CO_TRY(auto two, co_await other.get());
        EXPECT_EQ(two, 2);
        BOOST_OUTCOME_CO_TRY(auto dropped, co_await pool.stream<int>("select generate_series(1, 10000000)"));
        dropped.close();
        BOOST_OUTCOME_CO_TRY(auto three, co_await pool.fetch_one<int>("select 3"));
        EXPECT_EQ(three, 3);
        BOOST_OUTCOME_CO_TRY(auto lent, co_await pool.acquire());
        BOOST_OUTCOME_CO_TRY(auto left, co_await lent.stream<int>("select generate_series(1, 10000000)"));
        lent.release();
        BOOST_OUTCOME_CO_TRY(auto four, co_await pool.fetch_one<int>("select 4"));
        EXPECT_EQ(four, 4);
        EXPECT_EQ(error_of(co_await left.next()), errc::connection_closed);
        BOOST_OUTCOME_CO_TRY(co_await pool.close());
        co_return success();
    });
}

TEST(stream, reads_types_that_nobody_has_asked_for_before) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("create type stream_mood as enum ('sad', 'glad')"));
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<std::string>(
                                            "select (case when i % 2 = 0 then 'sad' else 'glad' end)::stream_mood from "
                                            "generate_series(1, 1000) i"));
        BOOST_OUTCOME_CO_TRY(auto first, co_await rows.next());
        EXPECT_EQ(first, "glad");
        BOOST_OUTCOME_CO_TRY(auto n, co_await count(rows));
        EXPECT_EQ(n, 999u);
        BOOST_OUTCOME_CO_TRY(co_await c.execute("drop type stream_mood"));
        co_return success();
    });
}

TEST(stream, whose_read_is_cancelled_or_late_loses_no_row) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto other, co_await pgcoro::connect(shared_server().dsn()));
        BOOST_OUTCOME_CO_TRY(co_await other.execute("select pg_advisory_lock(4711)"));
        // The server sends what fills its buffer, then waits for the lock.
        BOOST_OUTCOME_CO_TRY(auto rows,
                             co_await c.stream<std::string>("select case when i = 100 then pg_advisory_lock(4711)::text || "
                                                            "repeat('x', 1000) else repeat('y', 1000) end from "
                                                            "generate_series(1, 1000) i"));
        std::size_t n = 0;
        pgcoro::error why;
        while (!why) {
            const auto chunk = co_await rows.next_chunk().within(std::chrono::milliseconds(200));
            if (chunk) {
                n += chunk.value().size();
            } else {
                why = chunk.error();
            }
        }
        EXPECT_EQ(why, errc::timed_out);
        EXPECT_GT(n, 0u);
        EXPECT_LT(n, 100u);
        BOOST_OUTCOME_CO_TRY(co_await other.execute("select pg_advisory_unlock(4711)"));
        BOOST_OUTCOME_CO_TRY(auto rest, co_await count(rows));
        EXPECT_EQ(n + rest, 1000u);
        co_return success();
    });
}

TEST(stream, may_take_so_long_in_total) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.stream<int>("select generate_series(1, 100000000)"));
        rows.total_within(std::chrono::milliseconds(50));
        const auto outcome = co_await count(rows);
        EXPECT_EQ(error_of(outcome), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

} // namespace
