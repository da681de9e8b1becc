// SPDX-License-Identifier: BSL-1.0
// What a batch loader remembers, and what it does not.
#include "batch_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;

pgcoro::batch_loader_options with_cache() {
    pgcoro::batch_loader_options options;
    options.cache = true;
    return options;
}

TEST_F(batch_test, without_a_cache_each_load_asks_again) {
    with_connection(config(), [&](connection& c) -> task<> {
        user_loader users(c, users_by_id);
        BOOST_OUTCOME_CO_TRY(co_await users.load(1));
        judge_.value("update users set name = 'new' where id = 1");
        BOOST_OUTCOME_CO_TRY(auto found, co_await users.load(1));
        EXPECT_EQ(found.value().name, "new");
        co_return success();
    });
}

TEST_F(batch_test, without_a_cache_a_load_does_not_share_what_was_sent_before_it) {
    with_connection(config(), [&](connection& c) -> task<> {
        pgcoro::batch_loader<int, std::int64_t> calls(
            c, "select k, (select count(*) from users) from unnest($1::int[]) k cross join pg_advisory_xact_lock_shared(1)");
        lock();
        started first(calls.load(1));
        co_await until_blocked(judge_, c);
        judge_.value("delete from users where id = 1");
        started second(calls.load(1));
        unlock();
        BOOST_OUTCOME_CO_TRY(auto before, co_await first.get());
        BOOST_OUTCOME_CO_TRY(auto after, co_await second.get());
        EXPECT_EQ(before, 5000);
        EXPECT_EQ(after, 4999);
        co_return success();
    });
}

TEST_F(batch_test, a_cache_remembers_what_was_found_and_what_was_not) {
    with_connection(config(), [&](connection& c) -> task<> {
        user_loader users(c, users_by_id, with_cache());
        const std::vector<std::int64_t> keys{1, -1};
        BOOST_OUTCOME_CO_TRY(co_await users.load_many(keys));
        judge_.value("update users set name = 'new' where id = 1; insert into users values (-1, 'late')");
        BOOST_OUTCOME_CO_TRY(auto found, co_await users.load_many(keys));
        EXPECT_EQ(found.at(0).value().name, "user 1");
        EXPECT_FALSE(found.at(1));
        co_return success();
    });
}

TEST_F(batch_test, what_is_forgotten_is_asked_for_again) {
    with_connection(config(), [&](connection& c) -> task<> {
        user_loader users(c, users_by_id, with_cache());
        const std::vector<std::int64_t> keys{1, 2};
        BOOST_OUTCOME_CO_TRY(co_await users.load_many(keys));
        judge_.value("update users set name = 'new'");
        users.forget(1);
        BOOST_OUTCOME_CO_TRY(auto found, co_await users.load_many(keys));
        EXPECT_EQ(found.at(0).value().name, "new");
        EXPECT_EQ(found.at(1).value().name, "user 2");
        users.clear();
        BOOST_OUTCOME_CO_TRY(found, co_await users.load_many(keys));
        EXPECT_EQ(found.at(1).value().name, "new");
        co_return success();
    });
}

TEST_F(batch_test, with_a_cache_a_key_in_flight_is_shared) {
    with_counted([&](connection& c, proxy& p) -> task<> {
        user_loader users(c, users_by_id, with_cache());
        p.keep();
        const auto before = p.heard('E');
        started first(users.load(1));
        co_await until_sent();
        co_await until_sent();
        started second(users.load(1));
        p.pass_on();
        BOOST_OUTCOME_CO_TRY(co_await first.get());
        BOOST_OUTCOME_CO_TRY(auto found, co_await second.get());
        EXPECT_EQ(found.value().name, "user 1");
        EXPECT_EQ(p.heard('E') - before, 1u);
        co_return success();
    });
}

TEST_F(batch_test, what_was_in_flight_when_it_was_forgotten_is_not_remembered) {
    with_connection(config(), [&](connection& c) -> task<> {
        pgcoro::batch_loader<int, std::int64_t> counts(
            c, "select k, (select count(*) from users) from unnest($1::int[]) k cross join pg_advisory_xact_lock_shared(1)",
            with_cache());
        for (const bool all : {false, true}) {
            lock();
            started old(counts.load(1));
            co_await until_blocked(judge_, c);
            judge_.value("delete from users where id = (select min(id) from users)");
            all ? counts.clear() : counts.forget(1);
            unlock();
            BOOST_OUTCOME_CO_TRY(auto before, co_await old.get());
            BOOST_OUTCOME_CO_TRY(auto after, co_await counts.load(1));
            EXPECT_EQ(before.value(), after.value() + 1);
            counts.clear();
        }
        co_return success();
    });
}

TEST_F(batch_test, a_row_that_is_known_is_not_asked_for) {
    with_connection(config(), [&](connection& c) -> task<> {
        user_loader users(c, users_by_id, with_cache());
        user known;
        known.id = 1;
        known.name = "known";
        users.prime(1, known);
        BOOST_OUTCOME_CO_TRY(auto found, co_await users.load(1));
        EXPECT_EQ(found.value().name, "known");
        co_return success();
    });
}

TEST_F(batch_test, errors_are_not_remembered) {
    with_connection(config(), [&](connection& c) -> task<> {
        user_loader users(c, "select id, name from people where id = any($1)", with_cache());
        judge_.value("drop table if exists people");
        auto failed = co_await users.load(1);
        EXPECT_TRUE(error_of(failed) == pgcoro::sqlstate::undefined_table) << error_of(failed);
        judge_.value("create table people as select * from users");
        BOOST_OUTCOME_CO_TRY(auto found, co_await users.load(1));
        EXPECT_TRUE(found);
        co_return success();
    });
}

} // namespace
