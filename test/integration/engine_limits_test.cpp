// SPDX-License-Identifier: BSL-1.0
// What the protocol can carry is carried; what it cannot is refused before anything is sent, and the connection goes on.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/quote.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace pgcoro::test;
using namespace std::string_literals;
using namespace std::string_view_literals;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::task;
using pgcoro::unchecked_sql;

/// The number of its parameters: "select cardinality(array[$1::int4,$2,...])".
std::string count_of(int parameters) {
    std::string sql = "select cardinality(array[$1::int4";
    for (int i = 2; i <= parameters; ++i) {
        sql += ",$" + std::to_string(i);
    }
    return sql + "])";
}

pgcoro::parameters numbers(int count) {
    pgcoro::parameters values;
    for (int i = 0; i < count; ++i) {
        values.push_back(i);
    }
    return values;
}

/// Fails unless `e` says that nothing was sent, and `c` still works.
task<> expect_harmless(connection& c, const error& e, errc why) {
    EXPECT_EQ(e, why);
    EXPECT_TRUE(e.is(pgcoro::error::nothing_sent));
    EXPECT_FALSE(e.connection_lost());
    BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
    EXPECT_EQ(one, 1);
    co_return success();
}

class engine_limits : public testing::TestWithParam<int> {};

TEST_P(engine_limits, so_many_parameters_travel) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (int i = 0; i < 2; ++i) {
            BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<int>(unchecked_sql(count_of(GetParam())), numbers(GetParam())));
            EXPECT_EQ(n, GetParam());
        }
        co_return success();
    });
}

TEST_P(engine_limits, so_many_parameters_travel_alone) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await use_alone(c));
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<int>(unchecked_sql(count_of(GetParam())), numbers(GetParam())));
        EXPECT_EQ(n, GetParam());
        co_return success();
    });
}

INSTANTIATE_TEST_SUITE_P(parameters, engine_limits, testing::Values(7'498, 10'000, 65'535));

// libpq up to 15.18, 17.10 and 18.5 loses its place at more than 7 498 if a prepared statement is described.
TEST(engine_limits, ten_thousand_parameters_of_a_prepared_statement_travel) {
    // A literal of that size would take compilers too long.
    static const std::string sql = count_of(10'000);
    with_connection(shared_server().dsn(), [&](connection& c) -> task<> {
        for (int i = 0; i < 2; ++i) {
            pgcoro::batch_item<int> count(pgcoro::detail::statement_text(sql, 10'000), &pgcoro::detail::decode_single<int>,
                                          numbers(10'000));
            BOOST_OUTCOME_CO_TRY(auto r, co_await c.batch(std::move(count)));
            EXPECT_EQ(std::get<0>(r), 10'000);
        }
        BOOST_OUTCOME_CO_TRY(auto prepared, co_await c.fetch_one<long>("select count(*) from pg_prepared_statements "
                                                                       "where cardinality(parameter_types) = 10000"));
        EXPECT_EQ(prepared, 1);
        co_return success();
    });
}

TEST(engine_limits, one_parameter_too_many_is_refused) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto refused = co_await c.fetch_one<int>(unchecked_sql(count_of(65'536)), numbers(65'536));
        auto outcome = co_await expect_harmless(c, error_of(refused), errc::too_many_parameters);
        co_return outcome;
    });
}

TEST(engine_limits, a_wrong_number_of_parameters_is_refused) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto refused = co_await c.fetch_one<int>("select $1 + $2", numbers(3));
        auto outcome = co_await expect_harmless(c, error_of(refused), errc::parameter_count_mismatch);
        co_return outcome;
    });
}

TEST(engine_limits, a_nul_character_is_refused_wherever_it_is) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        auto in_text = co_await c.fetch_one<int>(unchecked_sql("select 1\0 or something else"s));
        BOOST_OUTCOME_CO_TRY(co_await expect_harmless(c, error_of(in_text), errc::invalid_text));
        auto in_value = co_await c.fetch_one<std::string>("select $1::text", "a\0b"sv);
        BOOST_OUTCOME_CO_TRY(co_await expect_harmless(c, error_of(in_value), errc::invalid_text));
        auto in_batch = co_await c.batch(pgcoro::execute("create table never_made (id int)"),
                                         pgcoro::fetch_one<std::string>("select $1::text", "a\0b"sv));
        BOOST_OUTCOME_CO_TRY(co_await expect_harmless(c, error_of(in_batch), errc::invalid_text));
        const std::vector<std::string> values{"a", "b\0c"s};
        auto in_many = co_await c.execute_many("select $1::text", values);
        BOOST_OUTCOME_CO_TRY(co_await expect_harmless(c, error_of(in_many), errc::invalid_text));
        BOOST_OUTCOME_CO_TRY(auto nothing, co_await c.fetch_one<bool>("select to_regclass('never_made') is null"));
        EXPECT_TRUE(nothing);
        co_return success();
    });
    EXPECT_EQ(error_of(pgcoro::quote_identifier("a\0b"sv)), errc::invalid_text);
    EXPECT_EQ(error_of(pgcoro::quote_literal("a\0b"sv)), errc::invalid_text);
}

TEST(engine_limits, a_nul_character_in_a_connection_string_is_refused) {
    run([]() -> task<> {
        auto refused = co_await pgcoro::connect("host=localhost\0 user=postgres"s);
        EXPECT_EQ(error_of(refused), errc::invalid_text);
        co_return success();
    });
}

} // namespace
