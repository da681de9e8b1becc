// SPDX-License-Identifier: BSL-1.0
// What notifications keep in memory, if nobody takes them: docs/security.md promises that they do not add up.
#include "support/libpq_session.hpp"
#include "support/resident.hpp"
#include "support/run.hpp"

#include <pgcoro/listener.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::gap;
using pgcoro::task;
using pgcoro::unchecked_sql;

constexpr std::size_t notifications_in_all = 20'000;
constexpr std::size_t most_kept = 16 * 1024 * 1024;

class notification_memory : public testing::Test {
protected:
    void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        GTEST_SKIP() << "a sanitizer keeps what is freed";
#endif
    }

    void send(std::size_t count) {
        EXPECT_EQ(sender.value("select count(pg_notify('news', n || repeat('x', 7000))) from generate_series(1, " +
                               std::to_string(count) + ") n"),
                  std::to_string(count));
    }

    pgcoro::testing::ephemeral_server server = pgcoro::testing::ephemeral_server::create().value();
    libpq_session sender{server.dsn()};
};

TEST_F(notification_memory, stays_small_on_a_connection_that_uses_none) {
    for (const std::string listen : {"listen news", "do $$ begin execute 'listen news'; end $$"}) {
        with_connection(server.dsn(), [&](pgcoro::connection& c) -> task<> {
            BOOST_OUTCOME_CO_TRY(co_await c.execute(unchecked_sql(listen)));
            const auto before = resident();
            std::size_t sent = 0;
            for (; sent < notifications_in_all; sent += 100) {
                send(100);
                BOOST_OUTCOME_CO_TRY(co_await c.ping());
            }
            EXPECT_LT(resident(), before + most_kept) << listen;
            co_return success();
        });
    }
}

TEST_F(notification_memory, stays_small_in_a_listener_that_nobody_reads) {
    run([&]() -> task<> {
        pgcoro::listener_options options;
        options.max_queued_bytes = 1024 * 1024;
        pgcoro::listener l(co_await asio::this_coro::executor, server.dsn(), options);
        BOOST_OUTCOME_CO_TRY(co_await l.listen("news"));
        const auto before = resident();
        for (std::size_t sent = 0; sent < notifications_in_all; sent += 1000) {
            send(1000);
        }
        BOOST_OUTCOME_CO_TRY(co_await l.listen("behind all of them"));
        EXPECT_LT(resident(), before + most_kept);
        auto full = co_await l.next();
        EXPECT_GT(std::get<gap>(full.value()).dropped, notifications_in_all - 1024 * 1024 / 7000);
        co_return success();
    });
}

} // namespace
