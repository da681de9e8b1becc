// SPDX-License-Identifier: BSL-1.0
// Settings that decide what a statement means change after it was prepared: it means what they say now.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <string>
#include <utility>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;
using pgcoro::unchecked_sql;

template <class Db>
pgcoro::operation<long> midnight(Db& c) {
    return c.template fetch_one<long>("select extract(epoch from timestamptz '2020-01-01 00:00')::int8");
}

constexpr long in_utc = 1'577'836'800;
constexpr long in_tokyo = in_utc - 9 * 3600;

// The server reads the literals of a statement when it prepares it.
TEST(statements_settings, literals_mean_what_the_settings_say_now) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        for (const auto& [zone, expected] :
             {std::pair("UTC", in_utc), std::pair("Asia/Tokyo", in_tokyo), std::pair("UTC", in_utc)}) {
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("set timezone to '" + std::string(zone) + "'")));
            for (int i = 0; i < 2; ++i) {
                BOOST_OUTCOME_CO_TRY(auto found, co_await midnight(c));
                EXPECT_EQ(found, expected) << zone;
            }
        }
        co_return success();
    });
}

TEST(statements_settings, what_is_set_for_a_transaction_ends_with_it) {
    with_connection(shared_server().dsn(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("set timezone to 'UTC'"));
        for (const bool keeps : {true, false, true}) {
            BOOST_OUTCOME_CO_TRY(auto before, co_await midnight(c));
            EXPECT_EQ(before, in_utc);
            BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
            BOOST_OUTCOME_CO_TRY(co_await tx.execute("set local timezone to 'Asia/Tokyo'"));
            BOOST_OUTCOME_CO_TRY(auto within, co_await midnight(tx));
            EXPECT_EQ(within, in_tokyo);
            if (keeps) {
                BOOST_OUTCOME_CO_TRY(co_await tx.commit());
            } else {
                BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
            }
        }
        BOOST_OUTCOME_CO_TRY(auto after, co_await midnight(c));
        EXPECT_EQ(after, in_utc);
        co_return success();
    });
}

TEST(statements_settings, those_of_the_last_borrower_are_not_those_of_the_next) {
    run([]() -> task<> {
        pgcoro::pool_options options;
        options.max_size = 1;
        auto config = pgcoro::connect_config(shared_server().dsn()).options("-c timezone=UTC");
        pgcoro::pool db(co_await asio::this_coro::executor, config, options);
        {
            BOOST_OUTCOME_CO_TRY(auto c, co_await db.acquire());
            BOOST_OUTCOME_CO_TRY(co_await c.execute("set timezone to 'Asia/Tokyo'"));
            BOOST_OUTCOME_CO_TRY(auto found, co_await midnight(c));
            EXPECT_EQ(found, in_tokyo);
            BOOST_OUTCOME_CO_TRY(found, co_await midnight(c));
            EXPECT_EQ(found, in_tokyo);
        }
        BOOST_OUTCOME_CO_TRY(auto c, co_await db.acquire());
        BOOST_OUTCOME_CO_TRY(auto found, co_await midnight(c));
        EXPECT_EQ(found, in_utc);
        co_return success();
    });
}

TEST(statements_settings, of_the_configuration_may_have_spaces_and_backslashes) {
    auto config =
        pgcoro::connect_config(shared_server().dsn()).options(R"(-c application_name=shop\ at\ C:\\ -c timezone=UTC)");
    with_connection(config, [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto name, co_await c.fetch_one<std::string>("show application_name"));
        EXPECT_EQ(name, R"(shop at C:\)");
        BOOST_OUTCOME_CO_TRY(auto zone, co_await c.fetch_one<std::string>("show timezone"));
        EXPECT_EQ(zone, "UTC");
        co_return success();
    });
}

} // namespace
