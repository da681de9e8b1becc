// SPDX-License-Identifier: BSL-1.0
// How loads end that do not end well: errors, deadlines, cancellation, and a loader that goes away.
#include "batch_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::batch_loader;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;

/// Its statements wait for the judge's lock.
constexpr char locked_query[] = "select k, k * 2 from unnest($1::int[]) k cross join pg_advisory_xact_lock_shared(1)";
using locked_loader = batch_loader<int, int>;

TEST_F(batch_test, an_error_reaches_each_who_waits) {
    with_connection(config(), [](connection& c) -> task<> {
        user_loader users(c, "select id, nonsense from users where id = any($1)");
        started first(users.load(1));
        started second(users.load(2));
        auto one = co_await first.get();
        auto other = co_await second.get();
        EXPECT_TRUE(error_of(one) == sqlstate::undefined_column) << error_of(one);
        EXPECT_TRUE(error_of(other) == sqlstate::undefined_column) << error_of(other);
        co_return success();
    });
}

TEST_F(batch_test, a_row_that_nobody_asked_for_is_an_error) {
    with_connection(config(), [](connection& c) -> task<> {
        // The key is not the first column.
        batch_loader<std::int64_t, std::tuple<std::int64_t, std::int64_t>> wrong(
            c, "select id * 10, id from users where id = any($1)");
        auto found = co_await wrong.load(1);
        EXPECT_TRUE(error_of(found) == errc::value_out_of_range) << error_of(found);
        EXPECT_NE(error_of(found).message().find("not asked for"), std::string::npos) << error_of(found);
        co_return success();
    });
}

TEST_F(batch_test, two_rows_of_one_key_are_an_error) {
    with_connection(config(), [](connection& c) -> task<> {
        user_loader twice(c, "select id, name from users cross join generate_series(1, 2) where id = any($1)");
        auto found = co_await twice.load(1);
        EXPECT_TRUE(error_of(found) == errc::too_many_rows) << error_of(found);
        co_return success();
    });
}

TEST_F(batch_test, columns_that_do_not_fit_are_an_error) {
    with_connection(config(), [](connection& c) -> task<> {
        user_loader fewer(c, "select id from users where id = any($1)");
        auto found = co_await fewer.load(1);
        EXPECT_TRUE(error_of(found) == errc::column_count_mismatch) << error_of(found);
        user_loader other(c, "select name, name from users where id = any($1)");
        found = co_await other.load(1);
        EXPECT_TRUE(error_of(found) == errc::type_mismatch) << error_of(found);
        user_loader null(c, "select null::int8, name from users where id = any($1)");
        found = co_await null.load(1);
        EXPECT_TRUE(error_of(found) == errc::unexpected_null) << error_of(found);
        co_return success();
    });
}

TEST_F(batch_test, a_key_that_cannot_be_sent_fails_its_caller_only) {
    with_connection(config(), [](connection& c) -> task<> {
        batch_loader<std::string, int> lengths(c, "select k, length(k) from unnest($1::text[]) k");
        started good(lengths.load("abc"));
        started bad(lengths.load(std::string("a\0b", 3)));
        started better(lengths.load("abcd"));
        auto refused = co_await bad.get();
        EXPECT_TRUE(error_of(refused) == errc::invalid_text) << error_of(refused);
        BOOST_OUTCOME_CO_TRY(auto three, co_await good.get());
        BOOST_OUTCOME_CO_TRY(auto four, co_await better.get());
        EXPECT_EQ(three.value() + four.value(), 7);
        co_return success();
    });
}

TEST_F(batch_test, a_key_that_the_server_refuses_fails_its_caller_only) {
    with_connection(config(), [](connection& c) -> task<> {
        batch_loader<std::string, int> numbers(c, "select k, k::int from unnest($1::text[]) k");
        std::vector<started<std::optional<int>>> all;
        for (int i = 0; i < 200; ++i) {
            all.emplace_back(numbers.load(i == 77 ? "seventy-seven" : std::to_string(i)));
        }
        for (int i = 0; i < 200; ++i) {
            auto found = co_await all[static_cast<std::size_t>(i)].get();
            if (i == 77) {
                EXPECT_TRUE(error_of(found) == sqlstate::invalid_text_representation) << error_of(found);
            } else {
                EXPECT_EQ(error_of(found) ? std::nullopt : found.value(), i);
            }
        }
        co_return success();
    });
}

TEST_F(batch_test, in_a_transaction_an_error_of_a_key_is_that_of_all) {
    with_connection(config(), [](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        batch_loader<std::string, int> numbers(tx, "select k, k::int from unnest($1::text[]) k");
        started bad(numbers.load("x"));
        started good(numbers.load("1"));
        auto first = co_await bad.get();
        auto second = co_await good.get();
        EXPECT_TRUE(error_of(first) == sqlstate::invalid_text_representation) << error_of(first);
        EXPECT_TRUE(error_of(second) == sqlstate::invalid_text_representation) << error_of(second);
        co_return success();
    });
}

TEST_F(batch_test, one_who_stops_to_wait_harms_no_other) {
    with_connection(config(), [&](connection& c) -> task<> {
        locked_loader doubled(c, locked_query);
        lock();
        stoppable first(doubled.load(1));
        started second(doubled.load(1)); // of the same key
        started third(doubled.load(2));
        co_await until_blocked(judge_, c);
        first.cancel();
        co_await until_true([&] { return first.outcome.has_value(); });
        unlock();
        EXPECT_TRUE(error_of(*first.outcome) == asio::error::operation_aborted) << error_of(*first.outcome);
        BOOST_OUTCOME_CO_TRY(auto two, co_await second.get());
        BOOST_OUTCOME_CO_TRY(auto four, co_await third.get());
        EXPECT_EQ(two.value() + four.value(), 6);
        co_return success();
    });
}

TEST_F(batch_test, when_nobody_waits_the_statement_is_cancelled) {
    with_connection(config(), [&](connection& c) -> task<> {
        locked_loader doubled(c, locked_query);
        lock();
        stoppable first(doubled.load(1));
        stoppable second(doubled.load(2));
        co_await until_blocked(judge_, c);
        first.cancel();
        second.cancel();
        co_await until(judge_, "select state = 'idle' from pg_stat_activity where pid = " + std::to_string(c.backend_pid()));
        unlock();
        co_await until_true([&] { return first.outcome && second.outcome; });
        EXPECT_TRUE(error_of(*first.outcome) == asio::error::operation_aborted) << error_of(*first.outcome);
        BOOST_OUTCOME_CO_TRY(auto found, co_await doubled.load(3));
        EXPECT_EQ(found, 6);
        co_return success();
    });
}

TEST_F(batch_test, a_key_that_nobody_waits_for_is_not_sent) {
    with_counted([](connection& c, proxy& p) -> task<> {
        batch_loader<int, int> counts(c, "select k, cardinality($1::int[]) from unnest($1::int[]) k");
        const auto before = p.heard('E');
        {
            stoppable only(counts.load(1));
            only.cancel();
            co_await until_true([&] { return only.outcome.has_value(); });
            EXPECT_TRUE(error_of(*only.outcome).safe_to_retry());
        }
        co_await until_sent();
        EXPECT_EQ(p.heard('E'), before);
        stoppable first(counts.load(1));
        started second(counts.load(2));
        started third(counts.load(3));
        first.cancel();
        BOOST_OUTCOME_CO_TRY(auto two, co_await second.get());
        BOOST_OUTCOME_CO_TRY(auto three, co_await third.get());
        EXPECT_EQ(two, 2);
        EXPECT_EQ(three, 2);
        co_return success();
    });
}

TEST_F(batch_test, a_deadline_is_that_of_one_caller) {
    with_connection(config(), [&](connection& c) -> task<> {
        locked_loader doubled(c, locked_query);
        lock();
        started hasty(doubled.load(1).within(20ms));
        started patient(doubled.load(1));
        auto late = co_await hasty.get();
        EXPECT_TRUE(error_of(late) == errc::timed_out) << error_of(late);
        EXPECT_TRUE(error_of(late).outcome_unknown()) << "the query may be an INSERT";
        unlock();
        BOOST_OUTCOME_CO_TRY(auto found, co_await patient.get());
        EXPECT_EQ(found, 2);
        auto never = co_await doubled.load(1).within(0ms);
        EXPECT_TRUE(error_of(never) == errc::timed_out) << error_of(never);
        co_return success();
    });
}

TEST_F(batch_test, load_many_can_be_stopped) {
    with_connection(config(), [&](connection& c) -> task<> {
        locked_loader doubled(c, locked_query);
        lock();
        const std::vector<int> keys{1, 2, 3};
        stoppable all(doubled.load_many(keys));
        co_await until_blocked(judge_, c);
        all.cancel();
        all.cancel(); // before the first one was told
        co_await until_true([&] { return all.outcome.has_value(); });
        unlock();
        EXPECT_TRUE(error_of(*all.outcome) == asio::error::operation_aborted) << error_of(*all.outcome);
        auto late = co_await doubled.load_many(keys).within(0ms);
        EXPECT_TRUE(error_of(late) == errc::timed_out) << error_of(late);
        co_return success();
    });
}

TEST_F(batch_test, load_many_fails_with_the_first_error) {
    with_connection(config(), [&](connection& c) -> task<> {
        pgcoro::batch_loader_options options;
        options.max_keys = 1;
        batch_loader<std::string, int> numbers(c, "select k, k::int from unnest($1::text[]) k", options);
        const std::vector<std::string> keys{"1", "x", "3", "4", "5", "6", "7"};
        auto found = co_await numbers.load_many(keys);
        EXPECT_TRUE(error_of(found) == sqlstate::invalid_text_representation) << error_of(found);
        co_return success();
    });
}

TEST_F(batch_test, a_lost_connection_ends_what_waits) {
    with_connection(config(), [&](connection& c) -> task<> {
        locked_loader doubled(c, locked_query);
        lock();
        started sent(doubled.load(1));
        co_await until_blocked(judge_, c);
        started unsent(doubled.load(2));
        terminate(judge_, c);
        auto first = co_await sent.get();
        auto second = co_await unsent.get();
        unlock();
        EXPECT_TRUE(error_of(first).connection_lost()) << error_of(first);
        EXPECT_TRUE(error_of(second).connection_lost()) << error_of(second);
        co_return success();
    });
}

TEST_F(batch_test, destroying_a_loader_ends_what_is_not_sent) {
    with_connection(config(), [&](connection& c) -> task<> {
        lock();
        std::optional<locked_loader> doubled(locked_loader(c, locked_query));
        started sent(doubled->load(1));
        co_await until_blocked(judge_, c);
        started unsent(doubled->load(2));
        auto later = doubled->load(3);
        doubled.reset();
        auto ended = co_await unsent.get();
        EXPECT_TRUE(error_of(ended) == asio::error::operation_aborted) << error_of(ended);
        EXPECT_TRUE(error_of(ended).safe_to_retry());
        unlock();
        BOOST_OUTCOME_CO_TRY(auto found, co_await sent.get());
        EXPECT_EQ(found, 2);
        auto refused = co_await std::move(later);
        EXPECT_TRUE(error_of(refused) == asio::error::operation_aborted) << error_of(refused);
        co_return success();
    });
}

TEST_F(batch_test, a_deadline_outlives_the_loader) {
    with_connection(config(), [&](connection& c) -> task<> {
        lock();
        std::optional<locked_loader> doubled(locked_loader(c, locked_query));
        started sent(doubled->load(1).within(200ms));
        co_await until_blocked(judge_, c);
        doubled.reset();
        auto late = co_await sent.get(); // the lock is still held
        EXPECT_TRUE(error_of(late) == errc::timed_out) << error_of(late);
        unlock();
        co_return success();
    });
}

TEST_F(batch_test, keys_that_are_not_numbers_are_one_key) {
    with_connection(config(), [&](connection& c) -> task<> {
        pgcoro::batch_loader<double, int> loader(c, "select k, 7 from unnest($1::float8[]) k");
        started number(loader.load(1.5));
        started none(loader.load(std::numeric_limits<double>::quiet_NaN()));
        BOOST_OUTCOME_CO_TRY(auto found, co_await number.get());
        EXPECT_EQ(found, 7);
        BOOST_OUTCOME_CO_TRY(auto also, co_await none.get());
        EXPECT_EQ(also, 7);
        co_return success();
    });
}

TEST_F(batch_test, a_loader_may_be_destroyed_by_one_it_has_told) {
    with_connection(config(), [&](connection& c) -> task<> {
        auto users = std::make_unique<user_loader>(c, pgcoro::unchecked_sql(users_by_id));
        int told = 0;
        for (int i = 1; i <= 3; ++i) {
            users->load(i)([&](pgcoro::result<std::optional<user>> found) {
                EXPECT_TRUE(found);
                users.reset();
                ++told;
            });
        }
        co_await until_true([&] { return told == 3; });
        co_return success();
    });
}

TEST_F(batch_test, a_handler_that_throws_keeps_nothing_from_the_others) {
    asio::io_context loop(1);
    int told = 0;
    int thrown = 0;
    connection c;
    std::optional<user_loader> users;
    pgcoro::connect(config())(asio::bind_executor(loop, [&](pgcoro::result<connection> made) {
        c = std::move(made).value();
        users = user_loader(c, users_by_id);
        for (int i = 1; i <= 3; ++i) {
            users->load(i)([&](pgcoro::result<std::optional<user>>) {
                ++told;
                throw std::runtime_error("a handler");
            });
        }
    }));
    for (bool is_over = false; !is_over;) {
        try {
            loop.run();
            is_over = true;
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
    EXPECT_EQ(told, 3);
    EXPECT_EQ(thrown, 3);
}

TEST_F(batch_test, without_a_connection_a_load_fails_at_once) {
    run([&]() -> task<> {
        connection none;
        user_loader users(none, users_by_id);
        auto found = co_await users.load(1);
        EXPECT_TRUE(error_of(found) == errc::connection_closed) << error_of(found);
        const std::vector<std::int64_t> keys{1};
        auto all = co_await users.load_many(keys);
        EXPECT_TRUE(error_of(all) == errc::connection_closed) << error_of(all);
        pgcoro::transaction over;
        user_loader others(over, users_by_id);
        found = co_await others.load(1);
        EXPECT_TRUE(error_of(found) == errc::transaction_over) << error_of(found);
        co_return success();
    });
}

task<> wait_forever(std::shared_ptr<connection> c, int key, bool asks_twice) {
    locked_loader doubled(*c, locked_query);
    started sent(doubled.load(key));
    co_await asio::post(asio::use_awaitable);
    co_await asio::post(asio::use_awaitable);
    if (asks_twice) {
        co_return error_of(co_await doubled.load(key + 1)); // the other is in flight
    }
    co_return error_of(co_await sent.get());
}

// The coroutine owns what it waits for.
TEST_F(batch_test, a_loop_that_ends_takes_along_those_who_wait) {
    for (const bool asks_twice : {false, true}) {
        for (const int turns : {1, 2, 3, 4, 50}) {
            lock();
            auto loop = std::make_unique<asio::io_context>(1);
            auto c = std::make_shared<connection>();
            pgcoro::connect(config())(
                asio::bind_executor(*loop, [&](pgcoro::result<connection> made) { *c = std::move(made).value(); }));
            loop->run();
            loop->restart();
            std::weak_ptr<connection> left = c;
            asio::co_spawn(*loop, wait_forever(std::move(c), 1, asks_twice), asio::detached);
            for (int i = 0; i < turns; ++i) {
                loop->poll_one();
            }
            loop.reset();
            EXPECT_TRUE(left.expired()) << turns << asks_twice;
            unlock();
        }
    }
}

} // namespace
