// SPDX-License-Identifier: BSL-1.0
// A program with more statements than the cache holds: the server keeps no more than that, whatever the circumstances.
#include "eviction_fixture.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>
#include <deque>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::unchecked_sql;

task<> run_all(connection& c) {
    for (std::size_t n = 0; n != literals.size(); ++n) {
        BOOST_OUTCOME_CO_TRY(auto value, co_await literals[n](c));
        EXPECT_EQ(value, static_cast<int>(n));
    }
    co_return success();
}

TEST(statements_eviction, one_after_the_other_the_server_keeps_as_many_as_the_cache) {
    with_connection(with_cache_of(10), [](connection& c) -> task<> {
        for (int round = 0; round < 2; ++round) {
            BOOST_OUTCOME_CO_TRY(co_await run_all(c));
            BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
            EXPECT_EQ(kept, 10);
        }
        co_return success();
    });
}

TEST(statements_eviction, all_at_once_the_server_keeps_as_many_as_the_cache_afterwards) {
    with_connection(with_cache_of(10), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select")); // names are used once it is known whose session it is
        std::vector<started<int>> all;
        for (const auto start : literals) {
            all.emplace_back(start(c));
        }
        for (std::size_t n = 0; n != all.size(); ++n) {
            BOOST_OUTCOME_CO_TRY(auto value, co_await all[n].get());
            EXPECT_EQ(value, static_cast<int>(n));
        }
        BOOST_OUTCOME_CO_TRY(co_await c.fetch_one<int>("select 1"));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
        EXPECT_EQ(kept, 10);
        co_return success();
    });
}

// Statements can be closed only while nothing is in flight (libpq 15): where there is always something, room has to be made.
TEST(statements_eviction, of_a_connection_that_is_never_idle_is_bounded) {
    with_connection(with_cache_of(10), [](connection& c) -> task<> {
        std::deque<started<int>> in_flight;
        long most = 0;
        for (std::size_t n = 0; n != 2 * literals.size(); ++n) {
            in_flight.emplace_back(literals[n % literals.size()](c));
            if (in_flight.size() > 5) {
                BOOST_OUTCOME_CO_TRY(co_await in_flight.front().get());
                in_flight.pop_front();
            }
            BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
            most = std::max(most, kept);
        }
        EXPECT_LE(most, 100);
        co_return success();
    });
}

TEST(statements_eviction, waits_for_the_end_of_a_transaction) {
    with_connection(with_cache_of(10), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await run_all(c));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("commit"));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
        EXPECT_LE(kept, 10);
        co_return success();
    });
}

TEST(statements_eviction, in_a_failed_transaction_harms_nothing) {
    with_connection(with_cache_of(2), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await literals[0](c));
        BOOST_OUTCOME_CO_TRY(co_await literals[1](c));
        BOOST_OUTCOME_CO_TRY(co_await c.execute("begin"));
        auto failed = co_await c.execute("select 1 / 0");
        EXPECT_EQ(error_of(failed), sqlstate::division_by_zero);
        for (std::size_t n = 2; n < 6; ++n) {
            auto refused = co_await literals[n](c);
            EXPECT_EQ(error_of(refused), sqlstate::in_failed_sql_transaction);
        }
        BOOST_OUTCOME_CO_TRY(co_await c.execute("rollback"));
        BOOST_OUTCOME_CO_TRY(co_await run_all(c));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
        EXPECT_EQ(kept, 2);
        co_return success();
    });
}

// A name the server has already forgotten is no reason to keep the others.
TEST(statements_eviction, goes_on_behind_a_statement_the_user_deallocated) {
    with_connection(with_cache_of(2), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await c.execute("select"));
        BOOST_OUTCOME_CO_TRY(co_await literals[0](c));
        BOOST_OUTCOME_CO_TRY(auto name,
                             co_await c.fetch_one<std::string>(
                                 unchecked_sql("select name from pg_prepared_statements where statement = $1"), literal<0>));
        BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql("deallocate " + name)));
        std::vector<started<int>> burst;
        for (std::size_t n = 1; n < 8; ++n) {
            burst.emplace_back(literals[n](c));
        }
        for (const auto& b : burst) {
            BOOST_OUTCOME_CO_TRY(co_await b.get());
        }
        BOOST_OUTCOME_CO_TRY(co_await literals[9](c));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
        EXPECT_EQ(kept, 2);
        co_return success();
    });
}

TEST(statements_eviction, a_cache_of_nothing_holds_one) {
    with_connection(with_cache_of(0), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await run_all(c));
        BOOST_OUTCOME_CO_TRY(auto kept, co_await kept_at_server(c));
        EXPECT_LE(kept, 1);
        co_return success();
    });
}

} // namespace
