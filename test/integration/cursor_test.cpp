// SPDX-License-Identifier: BSL-1.0
// What cursors give: the right rows, in order, whatever is asked for.
#include "cursor_fixture.hpp"

#include <boost/describe.hpp>
#include <pgcoro/rows_by_name.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::cursor_options;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transaction;

using a_cursor = cursor_test;

TEST_F(a_cursor, gives_all_rows_in_order_and_then_none) {
    in_transaction([](transaction& tx) -> task<> {
        for (const int size : {0, 1, 15, 16, 63, 64, 65, 128, 1000, 5000}) {
            auto c = tx.cursor<std::int32_t>("select * from generate_series(1, $1::int)", size);
            std::vector<std::int32_t> seen;
            for (;;) {
                BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch());
                if (rows.empty()) {
                    break;
                }
                seen.insert(seen.end(), rows.begin(), rows.end());
            }
            EXPECT_EQ(seen, numbers(1, size));
            BOOST_OUTCOME_CO_TRY(auto after, co_await c.fetch());
            EXPECT_TRUE(after.empty());
        }
        co_return success();
    });
}

TEST_F(a_cursor, gives_as_many_rows_as_asked_for_whatever_is_fetched_ahead) {
    in_transaction([](transaction& tx) -> task<> {
        for (const int ahead : {0, 1, 3, 10, 1000}) {
            cursor_options options;
            options.prefetch = ahead;
            auto c = tx.cursor<std::int32_t>(options, "select * from generate_series(1, 500)");
            std::int32_t next = 1;
            for (const int count : {1, 1, 2, 0, 3, 10, 7, 100, 1, 50, 24, 300, 1000, 1}) {
                BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(count));
                const auto last = std::min(next + count - 1, 500);
                EXPECT_EQ(rows, numbers(next, last)) << ahead << " ahead, " << count << " asked for";
                next = last + 1;
            }
        }
        co_return success();
    });
}

TEST_F(a_cursor, lets_other_statements_run_in_between) {
    in_transaction([](transaction& tx) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("create temporary table numbers as select generate_series(1, 300) as n"));
        auto c = tx.cursor<std::int32_t>("select n from numbers order by n");
        std::int32_t next = 1;
        for (;;) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(50));
            if (rows.empty()) {
                break;
            }
            EXPECT_EQ(rows, numbers(next, next + 49));
            next += 50;
            // Changes to the table do not change the cursor's rows.
            BOOST_OUTCOME_CO_TRY(auto tag, co_await tx.execute("delete from numbers where n = any($1)", rows));
            EXPECT_EQ(tag.rows_affected(), 50U);
        }
        EXPECT_EQ(next, 301);
        co_return success();
    });
}

TEST_F(a_cursor, of_several_is_read_independently) {
    in_transaction([](transaction& tx) -> task<> {
        auto up = tx.cursor<std::int32_t>("select * from generate_series(1, 200)");
        auto down = tx.cursor<std::int32_t>("select * from generate_series(200, 1, -1)");
        for (std::int32_t i = 0; i < 200; i += 20) {
            BOOST_OUTCOME_CO_TRY(auto rising, co_await up.fetch(20));
            BOOST_OUTCOME_CO_TRY(auto falling, co_await down.fetch(20));
            std::reverse(falling.begin(), falling.end());
            EXPECT_EQ(rising, numbers(i + 1, i + 20));
            EXPECT_EQ(falling, numbers(181 - i, 200 - i));
        }
        co_return success();
    });
}

TEST_F(a_cursor, carries_out_operations_that_are_started_together_in_their_order) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>("select * from generate_series(1, 500)");
        started first(c.fetch(10));
        started skipped(c.move(80));
        started second(c.fetch(100));
        started third(c.fetch(5));
        BOOST_OUTCOME_CO_TRY(auto c3, co_await third.get());
        BOOST_OUTCOME_CO_TRY(auto c1, co_await first.get());
        BOOST_OUTCOME_CO_TRY(auto over, co_await skipped.get());
        BOOST_OUTCOME_CO_TRY(auto c2, co_await second.get());
        EXPECT_EQ(c1, numbers(1, 10));
        EXPECT_EQ(over, 80U);
        EXPECT_EQ(c2, numbers(91, 190));
        EXPECT_EQ(c3, numbers(191, 195));
        co_return success();
    });
}

TEST_F(a_cursor, moves_over_rows_that_have_arrived_and_over_others) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options options;
        options.prefetch = 20;
        auto c = tx.cursor<std::int32_t>(options, "select * from generate_series(1, 100)");
        BOOST_OUTCOME_CO_TRY(auto over, co_await c.move(3));
        EXPECT_EQ(over, 3U);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(1));
        EXPECT_EQ(rows, numbers(4, 4));
        BOOST_OUTCOME_CO_TRY(over, co_await c.move(5));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(1));
        EXPECT_EQ(rows, numbers(10, 10));
        BOOST_OUTCOME_CO_TRY(over, co_await c.move(50));
        EXPECT_EQ(over, 50U);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(1));
        EXPECT_EQ(rows, numbers(61, 61));
        BOOST_OUTCOME_CO_TRY(over, co_await c.move(0));
        EXPECT_EQ(over, 0U);
        BOOST_OUTCOME_CO_TRY(over, co_await c.move(1000));
        EXPECT_EQ(over, 39U);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch());
        EXPECT_TRUE(rows.empty());
        co_return success();
    });
}

TEST_F(a_cursor, goes_both_ways_with_scroll) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options options;
        options.scroll = true;
        auto c = tx.cursor<std::int32_t>(options, "select * from generate_series(1, 10)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(4));
        EXPECT_EQ(rows, numbers(1, 4));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(-2));
        EXPECT_EQ(rows, (std::vector{3, 2}));
        BOOST_OUTCOME_CO_TRY(auto over, co_await c.move(6));
        EXPECT_EQ(over, 6U);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(10));
        EXPECT_EQ(rows, numbers(9, 10));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch());
        EXPECT_TRUE(rows.empty());
        BOOST_OUTCOME_CO_TRY(over, co_await c.move(std::numeric_limits<int>::min()));
        EXPECT_EQ(over, 10U);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(1));
        EXPECT_EQ(rows, numbers(1, 1));
        co_return success();
    });
}

TEST_F(a_cursor, without_scroll_refuses_to_go_backward_and_goes_on) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::int32_t>("select * from generate_series(1, 10)");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(4));
        auto back = co_await c.fetch(-1);
        EXPECT_EQ(error_of(back), errc::value_out_of_range);
        EXPECT_TRUE(error_of(back).is(pgcoro::error::nothing_sent));
        auto moved = co_await c.move(-1);
        EXPECT_EQ(error_of(moved), errc::value_out_of_range);
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(2));
        EXPECT_EQ(rows, numbers(5, 6));
        co_return success();
    });
}

TEST_F(a_cursor, takes_parameters) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor<std::string>("select x from (values ('a'), ('b'), ('c')) as v (x) where x >= $1 and x <> $2",
                                        std::string("b"), "x");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch());
        EXPECT_EQ(rows, (std::vector<std::string>{"b", "c"}));

        pgcoro::parameters values;
        values.push_back(3);
        auto dynamic = tx.cursor<std::int32_t>(pgcoro::unchecked_sql("select * from generate_series(1, $1::int)"), values);
        BOOST_OUTCOME_CO_TRY(auto counted, co_await dynamic.fetch());
        EXPECT_EQ(counted, numbers(1, 3));

        auto wrong = tx.cursor<std::int32_t>("select $1::int + $2::int", values);
        auto refused = co_await wrong.fetch();
        EXPECT_EQ(error_of(refused), errc::parameter_count_mismatch);
        EXPECT_TRUE(error_of(refused).is(pgcoro::error::nothing_sent));
        co_return success();
    });
}

struct person {
    std::int32_t id;
    std::optional<std::string> name;
    bool operator==(const person&) const = default;
};

struct described_person {
    std::optional<std::string> name;
    std::int32_t id = 0;
    bool operator==(const described_person&) const = default;
};
BOOST_DESCRIBE_STRUCT(described_person, (), (id, name))

TEST_F(a_cursor, reads_structs_by_position_and_by_name) {
    in_transaction([](transaction& tx) -> task<> {
        static constexpr auto& query = "select n as id, nullif('n' || n, 'n2') as name from generate_series(1, 3) as s (n)";
        auto c = tx.cursor<person>(query);
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(2));
        EXPECT_EQ(rows, (std::vector<person>{{1, "n1"}, {2, std::nullopt}}));
        BOOST_OUTCOME_CO_TRY(rows, co_await c.fetch(2));
        EXPECT_EQ(rows, (std::vector<person>{{3, "n3"}}));
        auto d = tx.cursor<described_person>(query);
        BOOST_OUTCOME_CO_TRY(auto others, co_await d.fetch());
        EXPECT_EQ(others, (std::vector<described_person>{{"n1", 1}, {std::nullopt, 2}, {"n3", 3}}));
        co_return success();
    });
}

TEST_F(a_cursor, gives_rowsets_of_just_the_rows_asked_for) {
    in_transaction([](transaction& tx) -> task<> {
        cursor_options options;
        options.prefetch = 7;
        auto c = tx.cursor(options, "select n, nullif('x' || n, 'x12') as name from generate_series(1, 30) as s (n)");
        std::int32_t next = 1;
        for (const int count : {1, 7, 10, 0, 5, 20}) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(count));
            EXPECT_EQ(rows.size(), static_cast<std::size_t>(std::min(count, 31 - next)));
            EXPECT_EQ(rows.columns().size(), count == 0 ? 0U : 2U);
            for (const auto row : rows) {
                BOOST_OUTCOME_CO_TRY(auto n, row["n"].as<std::int32_t>());
                BOOST_OUTCOME_CO_TRY(auto name, row["name"].as<std::optional<std::string>>());
                EXPECT_EQ(n, next);
                EXPECT_EQ(name, next == 12 ? std::nullopt : std::optional("x" + std::to_string(next)));
                ++next;
            }
        }
        EXPECT_EQ(next, 31);
        BOOST_OUTCOME_CO_TRY(auto none, co_await c.fetch());
        EXPECT_TRUE(none.empty());
        co_return success();
    });
}

TEST_F(a_cursor, of_no_rows_gives_a_rowset_with_its_columns) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor("select 1 as a, 'x' as b where false");
        BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch());
        EXPECT_TRUE(rows.empty());
        EXPECT_EQ(rows.columns().size(), 2U);
        co_return success();
    });
}

// They are described before they are fetched, or the FETCH would fail and the transaction with it.
TEST_F(a_cursor, reads_columns_without_binary_output_as_text) {
    in_transaction([](transaction& tx) -> task<> {
        auto c = tx.cursor("select 'postgres=r/postgres'::aclitem as a, n from generate_series(1, 100) as s (n)");
        std::int32_t next = 1;
        for (const int count : {1, 30, 200}) {
            BOOST_OUTCOME_CO_TRY(auto rows, co_await c.fetch(count));
            for (const auto row : rows) {
                BOOST_OUTCOME_CO_TRY(auto acl, row["a"].as<std::string>());
                BOOST_OUTCOME_CO_TRY(auto n, row["n"].as<std::int32_t>());
                EXPECT_EQ(acl, "postgres=r/postgres");
                EXPECT_EQ(n, next++);
            }
        }
        EXPECT_EQ(next, 101);
        co_return success();
    });
}

} // namespace
