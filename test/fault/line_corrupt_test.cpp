// SPDX-License-Identifier: BSL-1.0
// One bit is wrong. The protocol has no checksum: without TLS it may be believed, and nothing worse.
#include "line_fixture.hpp"

namespace {

using pgcoro::test::mishap;

class corrupted : public pgcoro::test::failing_line {};

TEST_F(corrupted, with_tls_no_wrong_value_gets_through) { run_login(mishap::corrupt, 29); }
TEST_F(corrupted, insert_crashes_and_hangs_nobody) { run_insert(mishap::corrupt, 3); }
TEST_F(corrupted, transaction_crashes_and_hangs_nobody) { run_transaction(mishap::corrupt, 7); }
TEST_F(corrupted, execute_many_crashes_and_hangs_nobody) { run_many(mishap::corrupt, 23); }

// libpq itself complains, and the session stays open. The statement was done all the same, and only its answer is unreadable.
TEST_F(corrupted, an_answer_that_libpq_cannot_read_leaves_the_outcome_unknown) {
    using pgcoro::task;
    judge_.value(pgcoro::test::reports::table);
    auto line = pgcoro::testing::fault_proxy::create(server_->socket_directory().string(), server_->port()).value();
    auto config = session("", insert, 1, mishap::corrupt, 1).config;
    config.host("127.0.0.1").port(line.port());
    std::uint64_t size = 0;
    pgcoro::test::with_connection(config, [&](pgcoro::connection& c) -> task<> {
        auto outcome = co_await insert(c, 1, std::chrono::seconds(20));
        size = line.connections().back().downstream;
        co_return outcome;
    });
    pgcoro::testing::fault_script script;
    script.downstream.corrupt_at = size - 7; // the end of the command tag; ReadyForQuery has six bytes
    line.next(script);
    pgcoro::test::with_connection(config, [&](pgcoro::connection& c) -> task<> {
        const auto outcome = co_await insert(c, 2, std::chrono::seconds(20));
        EXPECT_FALSE(outcome);
        EXPECT_EQ(judge_.value("select count(*) from kept where id = 2"), "1") << "the server did it";
        EXPECT_TRUE(pgcoro::test::error_of(outcome).outcome_unknown()) << pgcoro::test::error_of(outcome);
        co_return pgcoro::success();
    });
}

} // namespace
