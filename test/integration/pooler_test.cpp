// SPDX-License-Identifier: BSL-1.0
// Through a real PgBouncer: what it takes apart, we must not rely on.
#include "support/bouncer.hpp"
#include "support/run.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>

#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::prepare_policy;
using pgcoro::task;

pgcoro::connect_config unnamed(const bouncer& b) {
    auto config = b.config();
    config.prepare(prepare_policy::unnamed);
    return config;
}

// One connection to the server for both: named statements of one would get in the way of the other's.
TEST(pooler, two_clients_share_a_server_connection_in_transaction_mode) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    with_connection(unnamed(b), [&](connection& first) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto second, co_await pgcoro::connect(unnamed(b)));
        BOOST_OUTCOME_CO_TRY(auto one_backend, co_await first.fetch_one<int>("select pg_backend_pid()"));
        BOOST_OUTCOME_CO_TRY(auto other_backend, co_await second.fetch_one<int>("select pg_backend_pid()"));
        EXPECT_EQ(one_backend, other_backend);
        std::vector<started<int>> answers;
        for (int i = 0; i < 200; ++i) {
            answers.emplace_back((i % 2 == 0 ? first : second).fetch_one<int>("select $1 + 1", i));
        }
        for (int i = 0; i < 200; ++i) {
            BOOST_OUTCOME_CO_TRY(auto answer, co_await answers[static_cast<std::size_t>(i)].get());
            EXPECT_EQ(answer, i + 1);
        }
        BOOST_OUTCOME_CO_TRY(auto known, co_await first.fetch_one<long>("select count(*) from pg_prepared_statements"));
        EXPECT_EQ(known, 0);
        co_return success();
    });
}

TEST(pooler, a_transaction_keeps_the_server_connection_to_itself) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    with_connection(unnamed(b), [&](connection& first) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await first.execute("drop table if exists pooled"));
        BOOST_OUTCOME_CO_TRY(co_await first.execute("create table pooled (id int primary key)"));
        BOOST_OUTCOME_CO_TRY(auto second, co_await pgcoro::connect(unnamed(b)));
        BOOST_OUTCOME_CO_TRY(co_await first.execute("begin"));
        BOOST_OUTCOME_CO_TRY(co_await first.execute("insert into pooled values (1)"));
        started waiting(second.fetch_one<long>("select count(*) from pooled"));
        auto twice = co_await first.execute("insert into pooled values (1)");
        EXPECT_EQ(error_of(twice), pgcoro::sqlstate::unique_violation);
        EXPECT_FALSE(waiting.is_complete());
        BOOST_OUTCOME_CO_TRY(co_await first.execute("rollback"));
        BOOST_OUTCOME_CO_TRY(auto count, co_await waiting.get());
        EXPECT_EQ(count, 0);
        const std::vector<int> many{1, 2, 3};
        BOOST_OUTCOME_CO_TRY(auto inserted, co_await first.execute_many("insert into pooled values ($1)", many));
        EXPECT_EQ(inserted.rows_affected(), 3u);
        BOOST_OUTCOME_CO_TRY(auto r, co_await second.batch(pgcoro::execute("delete from pooled where id = $1", 1),
                                                           pgcoro::fetch_one<long>("select count(*) from pooled")));
        EXPECT_EQ(std::get<1>(r), 2);
        co_return success();
    });
}

// The statements the first client prepared are gone with it: PgBouncer resets the session before it lends it again.
TEST(pooler, clients_in_session_mode_prepare_as_ever) {
    const bouncer b(shared_server(), "session");
    ASSERT_TRUE(b.is_running());
    for (int client = 0; client < 3; ++client) {
        auto config = b.config();
        config.prepare(prepare_policy::always);
        with_connection(config, [&](connection& c) -> task<> {
            for (int i = 0; i < 20; ++i) {
                BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select $1 * 2", i));
                EXPECT_EQ(answer, 2 * i);
            }
            BOOST_OUTCOME_CO_TRY(auto known, co_await c.fetch_one<long>("select count(*) from pg_prepared_statements"));
            EXPECT_EQ(known, 2);
            co_return success();
        });
    }
}

// PgBouncer before 1.26 does not say what it is. Its clients get a process id that is not the server's, in either mode.
TEST(pooler, with_default_settings_no_statement_has_a_name) {
    for (const char* mode : {"session", "transaction"}) {
        const bouncer b(shared_server(), mode);
        ASSERT_TRUE(b.is_running());
        if (b.announces_itself()) {
            GTEST_SKIP() << "this PgBouncer says what it is";
        }
        with_connection(b.config(), [&](connection& c) -> task<> {
            for (int i = 0; i < 20; ++i) {
                BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select $1 * 2", i));
                EXPECT_EQ(answer, 2 * i);
            }
            BOOST_OUTCOME_CO_TRY(auto known, co_await c.fetch_one<long>("select count(*) from pg_prepared_statements"));
            EXPECT_EQ(known, 0) << mode;
            co_return success();
        });
    }
}

TEST(pooler, that_says_it_keeps_names_apart_is_given_names) {
    for (const char* mode : {"session", "transaction"}) {
        const bouncer b(shared_server(), mode);
        ASSERT_TRUE(b.is_running());
        if (!b.announces_itself()) {
            GTEST_SKIP() << "this PgBouncer does not say what it is";
        }
        with_connection(b.config(), [&](connection& c) -> task<> {
            for (int i = 0; i < 20; ++i) {
                BOOST_OUTCOME_CO_TRY(auto answer, co_await c.fetch_one<int>("select $1 * 2", i));
                EXPECT_EQ(answer, 2 * i);
            }
            BOOST_OUTCOME_CO_TRY(auto known, co_await c.fetch_one<long>("select count(*) from pg_prepared_statements"));
            EXPECT_EQ(known, 2) << mode;
            co_return success();
        });
    }
}

// Both have one session of the server for themselves, and statements with the same parameters.
TEST(pooler, with_default_settings_two_programs_get_their_own_answers) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    const auto adding = [](auto& db, int i) { return db.template fetch_one<int>("select $1::int4 + 1", i); };
    const auto multiplying = [](auto& db, int i) { return db.template fetch_one<int>("select $1::int4 * 100", i); };
    with_connection(b.config(), [&](connection& first) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto second, co_await pgcoro::connect(b.config()));
        for (int round = 0; round < 3; ++round) {
            std::vector<started<int>> sums;
            std::vector<started<int>> products;
            for (int i = 0; i < 50; ++i) {
                sums.emplace_back(adding(first, i));
                products.emplace_back(multiplying(second, i));
            }
            for (int i = 0; i < 50; ++i) {
                BOOST_OUTCOME_CO_TRY(auto sum, co_await sums[static_cast<std::size_t>(i)].get());
                BOOST_OUTCOME_CO_TRY(auto product, co_await products[static_cast<std::size_t>(i)].get());
                EXPECT_EQ(sum, i + 1);
                EXPECT_EQ(product, 100 * i);
            }
            BOOST_OUTCOME_CO_TRY(auto tx, co_await first.begin());
            BOOST_OUTCOME_CO_TRY(auto sum, co_await adding(tx, round));
            EXPECT_EQ(sum, round + 1);
            BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        }
        co_return success();
    });
}

// Somebody else, who believes in names, has prepared the same content, and something else under it: nothing of it is used.
TEST(pooler, with_the_policy_always_a_name_can_only_mean_its_own_statement) {
    const bouncer b(shared_server(), "transaction");
    ASSERT_TRUE(b.is_running());
    auto config = b.config();
    config.prepare(prepare_policy::always);
    const auto square = [](connection& c, int i) { return c.fetch_one<int>("select $1::int4 * $1", i); };
    const auto cube = [](connection& c, int i) { return c.fetch_one<int>("select $1::int4 * $1 * $1", i); };
    with_connection(config, [&](connection& first) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto second, co_await pgcoro::connect(config));
        for (int i = 0; i < 20; ++i) {
            BOOST_OUTCOME_CO_TRY(auto nine, co_await square(first, i));
            BOOST_OUTCOME_CO_TRY(auto third, co_await cube(second, i));
            BOOST_OUTCOME_CO_TRY(auto same, co_await square(second, i)); // 42P05: it is there already
            EXPECT_EQ(nine, i * i);
            EXPECT_EQ(third, i * i * i);
            EXPECT_EQ(same, i * i);
        }
        BOOST_OUTCOME_CO_TRY(auto known,
                             co_await first.fetch_one<long>(pgcoro::unchecked_sql(
                                 "select count(*) from pg_prepared_statements where name ~ '^(pgcoro|PGBOUNCER)'")));
        EXPECT_EQ(known, 2); // a PgBouncer that keeps names apart has its own
        co_return success();
    });
}

} // namespace
