// SPDX-License-Identifier: BSL-1.0
// A server process that stands still, as on a disk that does not answer: whoever has a deadline is told in time, and the others
// go on.
#include "loaded.hpp"
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <csignal>
#include <string>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::errc;
using pgcoro::task;

/// A backend that is stopped as long as this lives.
class stopped_backend {
public:
    explicit stopped_backend(int pid) : pid_(pid) { EXPECT_EQ(::kill(pid_, SIGSTOP), 0); }
    stopped_backend(const stopped_backend&) = delete;
    stopped_backend& operator=(const stopped_backend&) = delete;
    ~stopped_backend() { ::kill(pid_, SIGCONT); }

private:
    int pid_;
};

class stopped : public testing::Test {
protected:
    stopped() { judge_.value(reports::table); }
    bool is_there(int id) { return judge_.value("select count(*) = 1 from kept where id = " + std::to_string(id)) == "t"; }

    libpq_session judge_{shared_server().dsn()};
};

void expect_given_up(const pgcoro::error& why) {
    EXPECT_EQ(why, errc::timed_out);
    EXPECT_TRUE(why.outcome_unknown());
    EXPECT_FALSE(why.safe_to_retry());
    EXPECT_FALSE(why.connection_lost());
}

TEST_F(stopped, a_connection_gives_the_statement_up_and_serves_again_afterwards) {
    with_connection(shared_server().dsn(), [&](pgcoro::connection& c) -> task<> {
        {
            const stopped_backend still(c.backend_pid());
            auto given_up = co_await c.execute("insert into kept values (1, 1)").within(300ms);
            expect_given_up(error_of(given_up));
            EXPECT_FALSE(is_there(1));
        }
        BOOST_OUTCOME_CO_TRY(auto n, co_await c.fetch_one<std::int64_t>("select count(*) from kept"));
        EXPECT_LE(n, 1) << "done after all, or stopped by the cancel request when it had begun: unknown means either";
        co_return success();
    });
}

TEST_F(stopped, a_connection_attempt_ends_at_its_deadline) {
    auto server = pgcoro::testing::ephemeral_server::create().value();
    ASSERT_TRUE(server.pause());
    const auto body = [&]() -> task<> {
        auto c = co_await pgcoro::connect(server.dsn()).within(50ms);
        EXPECT_FALSE(c);
        EXPECT_EQ(error_of(c), errc::timed_out);
        EXPECT_FALSE(error_of(c).outcome_unknown());
        co_return success();
    };
    run(body);
}

TEST_F(stopped, a_pool_serves_on_with_other_connections) {
    pgcoro::pool_options options;
    options.max_size = 2;
    options.reset_timeout = 100ms;
    const auto body = [&]() -> task<> {
        pgcoro::pool db(co_await asio::this_coro::executor, as_load(shared_server()), options);
        BOOST_OUTCOME_CO_TRY(const int pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        const stopped_backend still(pid);
        auto given_up = co_await db.execute("insert into kept values (1, 1)").within(300ms);
        expect_given_up(error_of(given_up));
        for (int id = 2; id < 20; ++id) {
            BOOST_OUTCOME_CO_TRY(const int other, co_await db.fetch_one<int>("select pg_backend_pid()").within(20s));
            EXPECT_NE(other, pid);
            BOOST_OUTCOME_CO_TRY(co_await db.execute("insert into kept values ($1, 1)", id).within(20s));
        }
        co_return success();
    };
    run(body);
}

TEST_F(stopped, a_multiplexer_serves_on_with_other_lanes) {
    with_loaded_multiplexer(shared_server(), [&](pgcoro::multiplexer& db) -> task<> {
        BOOST_OUTCOME_CO_TRY(co_await db.open());
        BOOST_OUTCOME_CO_TRY(const int pid, co_await db.fetch_one<int>("select pg_backend_pid()"));
        int given_up = 0;
        {
            const stopped_backend still(pid);
            for (int id = 1; id < 20; ++id) {
                auto outcome = co_await db.execute("insert into kept values ($1, 1)", id).within(2s);
                if (!outcome) {
                    expect_given_up(outcome.error());
                    ++given_up;
                }
            }
            EXPECT_LE(given_up, 1) << "what was given up is still to do there, so that other lanes are preferred";
        }
        co_await until(judge_, "select count(*) >= " + std::to_string(19 - given_up) + " from kept");
        BOOST_OUTCOME_CO_TRY(co_await db.execute("select"));
        // Behind everything, on both lanes.
        started first(db.execute("select pg_sleep(0.01)"));
        started second(db.execute("select pg_sleep(0.01)"));
        BOOST_OUTCOME_CO_TRY(co_await first.get());
        BOOST_OUTCOME_CO_TRY(co_await second.get());
        co_return success();
    });
}

} // namespace
