// SPDX-License-Identifier: BSL-1.0
// What a batch loader gives, and how few statements it needs for that.
#include "batch_fixture.hpp"

#include <set>
#include <string>
#include <tuple>

namespace {

using namespace pgcoro::test;
using pgcoro::batch_loader;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::many;
using pgcoro::task;

template <class Loader, class Keys>
auto load_each(Loader& loader, const Keys& keys) {
    std::vector<started<typename Loader::value_type>> all;
    for (const auto& key : keys) {
        all.emplace_back(loader.load(key));
    }
    return all;
}

std::vector<std::int64_t> ids(std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> all;
    for (; first <= last; ++first) {
        all.push_back(first);
    }
    return all;
}

TEST_F(batch_test, what_is_asked_in_one_turn_is_one_statement) {
    with_counted([](connection& c, proxy& p) -> task<> {
        user_loader users(c, users_by_id);
        const auto before = p.heard('E');
        auto all = load_each(users, ids(1, 100));
        for (std::size_t i = 0; i < all.size(); ++i) {
            BOOST_OUTCOME_CO_TRY(auto found, co_await all[i].get());
            EXPECT_EQ(found.value().name, "user " + std::to_string(i + 1));
        }
        EXPECT_EQ(p.heard('E') - before, 1u);
        co_return success();
    });
}

TEST_F(batch_test, what_is_asked_while_a_statement_is_in_flight_is_the_next_one) {
    with_counted([](connection& c, proxy& p) -> task<> {
        user_loader users(c, users_by_id);
        const auto before = p.heard('E');
        started first(users.load(1));
        co_await until_true([&] { return p.heard('E') != before; });
        p.keep(); // nothing that is sent from now on is answered
        auto others = load_each(users, ids(2, 50));
        BOOST_OUTCOME_CO_TRY(co_await first.get());
        p.pass_on();
        for (auto& other : others) {
            BOOST_OUTCOME_CO_TRY(auto found, co_await other.get());
            EXPECT_TRUE(found);
        }
        EXPECT_EQ(p.heard('E') - before, 2u);
        co_return success();
    });
}

TEST_F(batch_test, more_keys_than_allowed_are_several_statements) {
    with_counted([](connection& c, proxy& p) -> task<> {
        pgcoro::batch_loader_options options;
        options.max_keys = 10;
        options.max_in_flight = 2;
        user_loader users(c, users_by_id, options);
        const auto before = p.heard('E');
        auto all = load_each(users, ids(1, 95));
        for (auto& one : all) {
            BOOST_OUTCOME_CO_TRY(auto found, co_await one.get());
            EXPECT_TRUE(found);
        }
        EXPECT_EQ(p.heard('E') - before, 10u);
        co_return success();
    });
}

TEST_F(batch_test, a_key_without_a_row_gives_nothing) {
    with_connection(config(), [](connection& c) -> task<> {
        user_loader users(c, users_by_id);
        BOOST_OUTCOME_CO_TRY(auto none, co_await users.load(-1));
        EXPECT_FALSE(none);
        co_return success();
    });
}

TEST_F(batch_test, equal_keys_are_asked_for_once_and_told_to_each) {
    with_connection(config(), [](connection& c) -> task<> {
        // The row counts the keys that were sent.
        batch_loader<int, int> counts(c, "select k, cardinality($1::int[]) from unnest($1::int[]) k");
        auto all = load_each(counts, std::vector<int>{1, 2, 1, 1, 2});
        for (auto& one : all) {
            BOOST_OUTCOME_CO_TRY(auto found, co_await one.get());
            EXPECT_EQ(found, 2);
        }
        co_return success();
    });
}

TEST_F(batch_test, load_many_keeps_the_order_of_its_keys) {
    with_connection(config(), [](connection& c) -> task<> {
        pgcoro::batch_loader_options options;
        options.max_keys = 2;
        user_loader users(c, users_by_id, options);
        const std::vector<std::int64_t> keys{3, -1, 1, 3};
        BOOST_OUTCOME_CO_TRY(auto found, co_await users.load_many(keys));
        EXPECT_EQ(found.size(), 4u);
        EXPECT_EQ(found.at(0).value().name, "user 3");
        EXPECT_FALSE(found.at(1));
        EXPECT_EQ(found.at(2).value().name, "user 1");
        EXPECT_EQ(found.at(3).value().name, "user 3");
        co_return success();
    });
}

TEST_F(batch_test, load_many_of_no_keys_sends_nothing) {
    with_counted([](connection& c, proxy& p) -> task<> {
        user_loader users(c, users_by_id);
        const auto before = p.heard('E');
        const std::vector<std::int64_t> none;
        BOOST_OUTCOME_CO_TRY(auto found, co_await users.load_many(none));
        EXPECT_TRUE(found.empty());
        EXPECT_EQ(p.heard('E'), before);
        co_return success();
    });
}

TEST_F(batch_test, a_row_may_leave_its_key_out) {
    with_connection(config(), [](connection& c) -> task<> {
        batch_loader<std::int64_t, std::string> names(c, "select id, name from users where id = any($1)");
        BOOST_OUTCOME_CO_TRY(auto name, co_await names.load(7));
        EXPECT_EQ(name, "user 7");
        batch_loader<std::int64_t, std::tuple<std::string, int>> more(c, "select id, name, 5 from users where id = any($1)");
        BOOST_OUTCOME_CO_TRY(auto row, co_await more.load(7));
        EXPECT_EQ(row, std::tuple("user 7", 5));
        co_return success();
    });
}

TEST_F(batch_test, a_key_may_be_all_that_is_asked_for) {
    with_connection(config(), [](connection& c) -> task<> {
        batch_loader<std::int64_t, std::int64_t> exists(c, "select id from users where id = any($1)");
        BOOST_OUTCOME_CO_TRY(auto yes, co_await exists.load(7));
        BOOST_OUTCOME_CO_TRY(auto no, co_await exists.load(-7));
        EXPECT_TRUE(yes);
        EXPECT_FALSE(no);
        co_return success();
    });
}

TEST_F(batch_test, keys_may_have_several_parts) {
    with_connection(config(), [](connection& c) -> task<> {
        using key = std::tuple<int, std::string>;
        batch_loader<key, int> sums(c,
                                    "select a, b, a * 10 + length(b) from unnest($1::int[], $2::text[]) k(a, b) where a > 0");
        const std::vector<key> keys{key(1, "x"), key(1, "xyz"), key(0, "x"), key(2, "")};
        BOOST_OUTCOME_CO_TRY(auto found, co_await sums.load_many(keys));
        EXPECT_EQ(found, (std::vector<std::optional<int>>{11, 13, std::nullopt, 20}));
        co_return success();
    });
}

struct place {
    std::string street;
    int number;
};

TEST_F(batch_test, keys_may_be_structs) {
    with_connection(config(), [](connection& c) -> task<> {
        batch_loader<place, std::string> labels(
            c, "select s, n, s || ' ' || n from unnest($1::text[], $2::int[]) k(s, n) order by n desc");
        const place first{"High Street", 1};
        const place second{"High Street", 2};
        const std::vector<place> keys{first, second, first};
        BOOST_OUTCOME_CO_TRY(auto found, co_await labels.load_many(keys));
        EXPECT_EQ(found.at(0), "High Street 1");
        EXPECT_EQ(found.at(1), "High Street 2");
        EXPECT_EQ(found.at(2), "High Street 1");
        co_return success();
    });
}

TEST_F(batch_test, with_many_a_key_has_all_of_its_rows) {
    with_connection(config(), [](connection& c) -> task<> {
        batch_loader<int, many<int>> divisors(
            c, "select n, d from unnest($1::int[]) n cross join generate_series(1, 20) d where n % d = 0 and n > 1 order by d");
        const std::vector<int> keys{6, 7, 1};
        BOOST_OUTCOME_CO_TRY(auto found, co_await divisors.load_many(keys));
        EXPECT_EQ(found, (std::vector<std::vector<int>>{{1, 2, 3, 6}, {1, 7}, {}}));
        co_return success();
    });
}

TEST_F(batch_test, text_made_at_run_time_is_a_query_too) {
    with_connection(config(), [](connection& c) -> task<> {
        user_loader users(c, pgcoro::unchecked_sql(std::string("select id, name from users where id ") + "= any($1)"));
        BOOST_OUTCOME_CO_TRY(auto first, co_await users.load(1));
        BOOST_OUTCOME_CO_TRY(auto second, co_await users.load(2));
        EXPECT_EQ(first.value().name + second.value().name, "user 1user 2");
        co_return success();
    });
}

TEST_F(batch_test, a_large_result_is_read_in_slices) {
    with_connection(config(), [](connection& c) -> task<> {
        batch_loader<int, many<std::string>> texts(
            c, "select n, repeat('x', i % 50) from unnest($1::int[]) n cross join generate_series(1, 60000) i");
        const std::vector<int> keys{1, 2};
        BOOST_OUTCOME_CO_TRY(auto found, co_await texts.load_many(keys));
        EXPECT_EQ(found.at(0).size() + found.at(1).size(), 120000u);
        co_return success();
    });
}

TEST_F(batch_test, a_loader_works_on_all_that_runs_statements) {
    run([&]() -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        const std::vector<std::int64_t> keys{1, 2, -1};
        const auto expect_found = [](const std::vector<std::optional<user>>& found) {
            EXPECT_EQ(found.at(1).value().name, "user 2");
            EXPECT_FALSE(found.at(2));
        };
        pgcoro::multiplexer m(executor, config());
        user_loader on_multiplexer(m, users_by_id);
        BOOST_OUTCOME_CO_TRY(auto found, co_await on_multiplexer.load_many(keys));
        expect_found(found);
        m.close();
        pgcoro::pool p(executor, config());
        user_loader on_pool(p, users_by_id);
        BOOST_OUTCOME_CO_TRY(found, co_await on_pool.load_many(keys));
        expect_found(found);
        {
            BOOST_OUTCOME_CO_TRY(auto lent, co_await p.acquire());
            user_loader on_lent(lent, users_by_id);
            BOOST_OUTCOME_CO_TRY(found, co_await on_lent.load_many(keys));
            expect_found(found);
        }
        BOOST_OUTCOME_CO_TRY(auto tx, co_await p.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("update users set name = 'changed' where id = 1"));
        user_loader in_transaction(tx, users_by_id);
        BOOST_OUTCOME_CO_TRY(found, co_await in_transaction.load_many(keys));
        expect_found(found);
        EXPECT_EQ(found.at(0).value().name, "changed"); // by this transaction
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        auto late = co_await in_transaction.load(1);
        EXPECT_TRUE(error_of(late) == errc::transaction_over) << error_of(late);
        {
            [[maybe_unused]] const auto done = std::move(tx);
        }
        BOOST_OUTCOME_CO_TRY(co_await p.close());
        co_return success();
    });
}

} // namespace
