// SPDX-License-Identifier: BSL-1.0
// What a replication stream keeps in memory: not the transaction that it reads.
#include "support/replication_fixture.hpp"
#include "support/resident.hpp"

namespace {

using namespace pgcoro::test;
using pgcoro::task;
namespace replication = pgcoro::replication;

TEST(replication_memory, stays_small_for_a_transaction_of_a_million_rows) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer keeps what is freed";
#endif
    constexpr std::size_t rows = 1'000'000;
    constexpr std::size_t most_kept = 16 * 1024 * 1024;
    auto server = pgcoro::testing::ephemeral_server::create(logical_server()).value();
    libpq_session judge(server.dsn());
    judge.value("create table t (id int primary key, v text); create publication p for table t");
    run([&]() -> task<> {
        BOOST_OUTCOME_CO_TRY(auto c, co_await pgcoro::connect_replication(co_await asio::this_coro::executor, server.dsn()));
        BOOST_OUTCOME_CO_TRY(co_await c.create_slot("s"));
        BOOST_OUTCOME_CO_TRY(auto s, co_await c.start("s", quick_stream("p")));
        judge.value("insert into t select i, 'row ' || i from generate_series(1, " + std::to_string(rows) + ") i");
        co_await next_of<replication::begin>(s);
        const auto before = resident();
        std::size_t seen = 0;
        std::size_t most = 0;
        for (bool is_over = false; !is_over;) {
            auto event = s.try_next();
            if (!event) {
                BOOST_OUTCOME_CO_TRY(event, co_await s.next());
                most = std::max(most, resident());
            }
            if (const auto* i = std::get_if<replication::insert>(&*event)) {
                seen += i->row[0].as<int>() ? 1 : 0;
            }
            is_over = std::holds_alternative<replication::commit>(*event);
        }
        EXPECT_EQ(seen, rows);
        EXPECT_LT(most, before + most_kept);
        co_return co_await s.stop();
    });
}

} // namespace
