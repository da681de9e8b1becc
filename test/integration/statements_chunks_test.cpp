// SPDX-License-Identifier: BSL-1.0
// fetch of few and of many rows: with libpq 17 and newer, large results are read while they arrive.
#include "support/libpq_session.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/types.hpp>

#include <boost/describe/enum.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace chunks_test {

enum class mood { sad, happy };
BOOST_DESCRIBE_ENUM(mood, sad, happy)

struct place {
    std::string street;
    int number = 0;
};

/// Cannot be made of every row, and not be assigned.
struct choosy {
    const int value = 0;
};

} // namespace chunks_test

template <>
struct pgcoro::pg_type<chunks_test::mood> : pgcoro::enum_type<chunks_test::mood> {
    static constexpr std::string_view sql_name = "chunks_mood";
};
template <>
struct pgcoro::pg_type<chunks_test::place> : pgcoro::composite_type<chunks_test::place> {
    static constexpr std::string_view sql_name = "chunks_place";
};
template <>
struct pgcoro::row_traits<chunks_test::choosy> {
    using columns = std::tuple<int>;
    static chunks_test::choosy make(int i) {
        if (i == 500) {
            throw std::runtime_error("no");
        }
        return {i};
    }
};

namespace {

using namespace pgcoro::test;
using chunks_test::mood;
using chunks_test::place;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

using row = std::tuple<int, std::string>;

class statements_chunks : public testing::Test {
protected:
    /// Once in a pipeline, once alone.
    void with_connections(const std::function<task<>(connection&)>& body) {
        for (const bool alone : {false, true}) {
            SCOPED_TRACE(alone ? "alone" : "in a pipeline");
            with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
                if (alone) {
                    BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
                }
                auto outcome = co_await body(c);
                co_return outcome;
            });
        }
    }

    static void expect_rows(const std::vector<row>& rows, int count) {
        ASSERT_EQ(rows.size(), static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            ASSERT_EQ(std::get<0>(rows[static_cast<std::size_t>(i)]), i + 1);
            ASSERT_EQ(std::get<1>(rows[static_cast<std::size_t>(i)]), "row " + std::to_string(i + 1));
        }
    }
    static auto numbered(connection& c, int count) {
        return c.fetch<row>("select i, 'row ' || i from generate_series(1, $1) i", count);
    }
};

TEST_F(statements_chunks, are_all_rows_whatever_came_before) {
    with_connections([](connection& c) -> task<> {
        for (const int count : {0, 1, 63, 64, 65, 1, 0, 65, 128, 129, 1000, 1, 1, 20'000, 20'000, 3, 64}) {
            BOOST_OUTCOME_CO_TRY(const auto rows, co_await numbered(c, count));
            expect_rows(rows, count);
            unchecked_sql made("select i, 'row ' || i from generate_series(1, " + std::to_string(count) + ") i");
            BOOST_OUTCOME_CO_TRY(const auto again, co_await c.fetch<row>(made));
            expect_rows(again, count);
        }
        co_return success();
    });
}

TEST_F(statements_chunks, go_to_their_own_statement_among_many_in_flight) {
    with_connections([](connection& c) -> task<> {
        for (int time = 0; time < 3; ++time) {
            std::vector<std::tuple<int, started<std::vector<row>>>> fetched;
            std::vector<started<int>> ones;
            for (int i = 0; i < 40; ++i) {
                const int count = i * i * 7 % 300;
                fetched.emplace_back(count, started(numbered(c, count)));
                ones.emplace_back(c.fetch_one<int>("select $1::int", i));
            }
            for (int i = 0; i < 40; ++i) {
                auto& [count, operation] = fetched[static_cast<std::size_t>(i)];
                BOOST_OUTCOME_CO_TRY(const auto rows, co_await operation.get());
                expect_rows(rows, count);
                BOOST_OUTCOME_CO_TRY(const int one, co_await ones[static_cast<std::size_t>(i)].get());
                EXPECT_EQ(one, i);
            }
        }
        co_return success();
    });
}

TEST_F(statements_chunks, before_an_error_of_the_server_are_dropped) {
    with_connections([](connection& c) -> task<> {
        for (int time = 0; time < 3; ++time) {
            const auto failed = co_await c.fetch<row>("select i, (1000 / (700 - i))::text from generate_series(1, $1) i", 1000);
            EXPECT_EQ(error_of(failed), sqlstate::division_by_zero);
            BOOST_OUTCOME_CO_TRY(const auto rows, co_await numbered(c, 200));
            expect_rows(rows, 200);
        }
        co_return success();
    });
}

TEST_F(statements_chunks, that_cannot_be_read_are_named_by_their_number_in_the_whole) {
    with_connections([](connection& c) -> task<> {
        for (int time = 0; time < 3; ++time) {
            const auto failed =
                co_await c.fetch<row>("select i, nullif('row ' || i, 'row 501') from generate_series(1, $1) i", 1000);
            EXPECT_EQ(error_of(failed), errc::unexpected_null);
            EXPECT_NE(error_of(failed).message().find("in row 501"), std::string::npos) << error_of(failed).message();
            const auto unfit =
                co_await c.fetch<std::tuple<int, int>>("select i, 'row ' || i from generate_series(1, $1) i", 200);
            EXPECT_EQ(error_of(unfit), errc::type_mismatch);
            BOOST_OUTCOME_CO_TRY(const auto rows, co_await numbered(c, 200));
            expect_rows(rows, 200);
        }
        co_return success();
    });
}

TEST_F(statements_chunks, of_types_that_were_not_known_are_read_when_they_are) {
    libpq_session(shared_server().dsn())
        .value("drop type if exists chunks_mood, chunks_place; create type chunks_mood as enum ('sad', 'happy');"
               "create type chunks_place as (street text, number int)");
    with_connections([](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            BOOST_OUTCOME_CO_TRY(const auto moods,
                                 co_await c.fetch<mood>("select (array['sad', 'happy'])[1 + i % 2]::chunks_mood "
                                                        "from generate_series(1, $1) i",
                                                        1000));
            EXPECT_EQ(moods.size(), 1000u);
            EXPECT_EQ(moods[0], mood::happy);
            EXPECT_EQ(moods[999], mood::sad);
        }
        co_return success();
    });
    // So many that they are not read in one turn of the loop.
    with_connections([](connection& c) -> task<> {
        for (int time = 0; time < 2; ++time) {
            BOOST_OUTCOME_CO_TRY(const auto places, co_await c.fetch<place>("select row('street ' || i, i)::chunks_place "
                                                                            "from generate_series(1, $1) i",
                                                                            30'000));
            EXPECT_EQ(places.size(), 30'000u);
            EXPECT_EQ(places[29'999].street, "street 30000");
            EXPECT_EQ(places[100].number, 101);
        }
        co_return success();
    });
}

TEST_F(statements_chunks, of_types_without_a_binary_format_are_read_too) {
    with_connections([](connection& c) -> task<> {
        for (int time = 0; time < 3; ++time) {
            BOOST_OUTCOME_CO_TRY(const auto rows, co_await c.fetch<row>("select i, makeaclitem(10, 10, 'SELECT', false) "
                                                                        "from generate_series(1, $1) i",
                                                                        1000));
            EXPECT_EQ(rows.size(), 1000u);
            EXPECT_EQ(std::get<0>(rows[999]), 1000);
            EXPECT_NE(std::get<1>(rows[999]).find("=r/"), std::string::npos);
        }
        co_return success();
    });
}

TEST_F(statements_chunks, come_from_the_statement_that_was_prepared_anew) {
    with_connections([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(
            co_await c.execute("create temp table t as select i, 'row ' || i as v from generate_series(1, 300) i"));
        for (int time = 0; time < 3; ++time) {
            BOOST_OUTCOME_CO_TRY(const auto rows, co_await c.fetch<row>("select * from t order by 1"));
            expect_rows(rows, 300);
            BOOST_OUTCOME_CO_TRY(co_await c.execute("alter table t alter i type int"));
            BOOST_OUTCOME_CO_TRY(co_await c.execute("alter table t alter v type varchar(10)"));
            BOOST_OUTCOME_CO_TRY(const auto again, co_await c.fetch<row>("select * from t order by 1"));
            expect_rows(again, 300);
            BOOST_OUTCOME_CO_TRY(co_await c.execute("alter table t alter v type text"));
        }
        co_return success();
    });
}

TEST_F(statements_chunks, that_nobody_waits_for_any_more_cost_only_their_own_statement) {
    with_connections([](connection& c) -> task<> {
        for (int time = 0; time < 3; ++time) {
            const auto late = co_await c
                                  .fetch<row>("select i, 'row ' || i || case when i = 5000 then pg_sleep(100)::text else '' "
                                              "end from generate_series(1, $1) i",
                                              10'000)
                                  .within(std::chrono::milliseconds(30));
            EXPECT_EQ(error_of(late), errc::timed_out);
            BOOST_OUTCOME_CO_TRY(const auto rows, co_await numbered(c, 200));
            expect_rows(rows, 200);
        }
        co_return success();
    });
}

TEST_F(statements_chunks, before_a_loss_are_dropped) {
    with_connections([](connection& c) -> task<> {
        const auto lost = co_await c.fetch<row>("select i, case when i = 900 then pg_terminate_backend(pg_backend_pid())::text "
                                                "else 'row' end from generate_series(1, $1) i",
                                                1000);
        EXPECT_TRUE(error_of(lost).connection_lost());
        EXPECT_FALSE(c.is_open());
        co_return success();
    });
}

TEST_F(statements_chunks, whose_decoder_throws_cost_the_connection) {
    asio::io_context loop(1);
    std::optional<connection> c;
    pgcoro::error told;
    pgcoro::connect(loop.get_executor(), shared_server().dsn())([&](pgcoro::result<connection> made) {
        c = std::move(made).value();
        c->fetch<chunks_test::choosy>("select generate_series(1, 1000)")(
            [&](pgcoro::result<std::vector<chunks_test::choosy>> r) { told = error_of(r); });
    });
    EXPECT_THROW(loop.run_for(patience), std::runtime_error);
    loop.run_for(patience);
    EXPECT_EQ(told, errc::connection_lost);
    EXPECT_FALSE(c->is_open());
}

TEST_F(statements_chunks, come_through_a_pool_a_multiplexer_and_a_transaction) {
    run([]() -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        pgcoro::pool pool(executor, shared_server().dsn());
        pgcoro::multiplexer lanes(executor, shared_server().dsn());
        for (const int count : {1000, 1, 300}) {
            BOOST_OUTCOME_CO_TRY(const auto rows,
                                 co_await pool.fetch<row>("select i, 'row ' || i from generate_series(1, $1) i", count));
            expect_rows(rows, count);
            BOOST_OUTCOME_CO_TRY(const auto others,
                                 co_await lanes.fetch<row>("select i, 'row ' || i from generate_series(1, $1) i", count));
            expect_rows(others, count);
            BOOST_OUTCOME_CO_TRY(auto c, co_await pool.acquire());
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(const auto own,
                                 co_await tx.fetch<row>("select i, 'row ' || i from generate_series(1, $1) i", count));
            expect_rows(own, count);
            BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        }
        co_return co_await pool.close();
    });
}

} // namespace
