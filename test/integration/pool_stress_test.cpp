// SPDX-License-Identifier: BSL-1.0
// Ten thousand borrowers, some of whom change their mind at any moment: nothing is lost on the way.
#include "support/descriptors.hpp"
#include "support/judge.hpp"
#include "support/pooling.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <memory>
#include <random>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::pool;
using pgcoro::pool_options;
using pgcoro::task;

constexpr int borrowers = 10'000;
constexpr int at_once = 50;

struct tally {
    int running = 0;
    int done = 0;
    int cancelled = 0;
    int wrong = 0;
};

/// Borrows for some statements, or runs one on the pool; `n` decides.
task<> borrow(pool& db, int n) {
    co_await asio::this_coro::throw_if_cancelled(false); // only the operation that is waited for hears of it
    if (n % 3 == 0) {
        BOOST_OUTCOME_CO_TRY(auto same, co_await db.fetch_one<int>("select $1", n));
        co_return same == n ? pgcoro::result<>(success()) : pgcoro::error(errc::malformed_value);
    }
    BOOST_OUTCOME_CO_TRY(auto mine, co_await db.acquire());
    if (n % 7 == 0) {
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("begin"));
    }
    BOOST_OUTCOME_CO_TRY(auto same, co_await mine.fetch_one<int>("select $1", n));
    if (n % 11 == 0) {
        BOOST_OUTCOME_CO_TRY(co_await mine.execute("set application_name = 'dirty'"));
    }
    co_return same == n ? pgcoro::result<>(success()) : pgcoro::error(errc::malformed_value);
}

/// Runs one borrower; the signal it gives may be used to cancel him as long as he runs.
std::shared_ptr<asio::cancellation_signal> start(asio::any_io_executor executor, pool& db, int n, tally& all) {
    auto signal = std::make_shared<asio::cancellation_signal>();
    ++all.running;
    const auto on_end = [&all, signal](std::exception_ptr thrown, pgcoro::result<> outcome) {
        --all.running;
        const bool is_cancelled = error_of(outcome) == asio::error::operation_aborted;
        all.cancelled += is_cancelled ? 1 : 0;
        all.done += outcome ? 1 : 0;
        all.wrong += thrown || (!outcome && !is_cancelled) ? 1 : 0;
    };
    asio::co_spawn(executor, borrow(db, n), asio::bind_cancellation_slot(signal->slot(), on_end));
    return signal;
}

TEST(pool_stress, nothing_leaks_where_borrowers_are_cancelled_at_random) {
    libpq_session judge(shared_server().dsn());
    pgcoro::connect_config config(shared_server().dsn());
    config.application_name("stressed");
    const auto body = [&]() -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        {
            pool first(executor, config);
            BOOST_OUTCOME_CO_TRY(co_await first.execute("select"));
            BOOST_OUTCOME_CO_TRY(co_await first.close());
        }
        const auto before = open_descriptors(); // Asio's own among them
        tally all;
        {
            pool_options options;
            options.max_size = 5;
            pool db(executor, config, options);
            std::minstd_rand chance(20'26);
            std::vector<std::shared_ptr<asio::cancellation_signal>> signals;
            for (int n = 0; n < borrowers; ++n) {
                signals.push_back(start(executor, db, n, all));
                while (all.running >= at_once) {
                    if (chance() % 4 == 0) {
                        signals[signals.size() - 1 - chance() % std::min<std::size_t>(signals.size(), at_once)]->emit(
                            asio::cancellation_type::terminal);
                    }
                    co_await asio::post(asio::use_awaitable);
                }
            }
            while (all.running > 0) {
                co_await asio::post(asio::use_awaitable);
            }
            BOOST_OUTCOME_CO_TRY(auto health, co_await db.health());
            EXPECT_EQ(health.in_use, 0u);
            EXPECT_EQ(health.waiting, 0u);
            EXPECT_LE(health.size, 5u);
            EXPECT_LE(
                std::stoi(judge.value("select count(*) from pg_stat_activity where application_name in ('stressed', 'dirty')")),
                5);
            BOOST_OUTCOME_CO_TRY(co_await db.close());
        }
        EXPECT_EQ(all.done + all.cancelled, borrowers);
        EXPECT_EQ(all.wrong, 0);
        EXPECT_GT(all.cancelled, 100);
        EXPECT_GT(all.done, 100);
        EXPECT_EQ(descriptors_left(before), before);
        co_await until(judge, "select count(*) = 0 from pg_stat_activity where application_name in ('stressed', 'dirty')");
        co_return success();
    };
    run(body);
}

} // namespace
