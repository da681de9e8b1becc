// SPDX-License-Identifier: BSL-1.0
// Sessions end one by one, under load, by order of the administrator.
#include "loaded.hpp"
#include "support/shared_server.hpp"

#include <iostream>
#include <random>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::task;

constexpr unsigned seed = 20'250'611;
constexpr int rounds = 30;

class terminated_backends : public testing::Test {
protected:
    terminated_backends() { judge_.value(reports::table); }

    /// Ends any of the load's sessions; false if there is none just now.
    bool terminate_one() {
        const int sessions = std::stoi(judge_.value("select count(*) from pg_stat_activity where application_name = 'load'"));
        if (sessions == 0) {
            return false;
        }
        const auto which = std::to_string(std::uniform_int_distribution<int>(0, sessions - 1)(random_));
        // Not in one query: it would be evaluated for the rows an OFFSET skips, too.
        const auto pid = judge_.value("select pid from pg_stat_activity where application_name = 'load' order by pid limit 1 "
                                      "offset " +
                                      which);
        return judge_.value("select pg_terminate_backend(" + pid + ", 20000)") == "t";
    }

    /// `most_for_each`: how often one client may fail when one session ends. `most_unknown`: of one session.
    template <class Db>
    task<> terminate_under_load(Db& db, std::size_t most_for_each, std::size_t most_unknown, std::size_t& failures) {
        load work(db, co_await asio::this_coro::executor, 16);
        int terminated = 0;
        for (int round = 0; round < rounds; ++round) {
            co_await work.until_done_more(20);
            terminated += terminate_one();
            co_await work.until_all_succeed();
            EXPECT_LE(work.most_failures(), most_for_each) << "of one client in round " << round;
        }
        co_await work.stop();
        EXPECT_GT(terminated, rounds / 2);
        failures = work.told.failed();
        EXPECT_LE(work.told.unknown(), most_unknown * static_cast<std::size_t>(terminated))
            << "the server said which statement it was at";
        std::cout << "seed " << seed << ", " << terminated << " sessions terminated: " << work.told.summary() << '\n';
        work.told.compare(judge_, "none");
        co_return pgcoro::success();
    }

    libpq_session judge_{shared_server().dsn()};
    std::mt19937 random_{seed};
};

TEST_F(terminated_backends, cost_a_pool_at_most_a_statement_each) {
    with_loaded_pool(shared_server(), [&](pgcoro::pool& db) -> task<> {
        std::size_t failures = 0;
        auto outcome = co_await terminate_under_load(db, 1, 0, failures);
        EXPECT_LE(failures, static_cast<std::size_t>(rounds));
        co_return outcome;
    });
}

// What a client starts at once may go to the same lane, between the server's last word and the end of the socket. That one is
// safe to retry. Of many in flight, one may be unknown: the server reads 8 KiB at once, and may be terminated between a
// statement that it has executed and the Sync that commits it, if that is in the next ones.
TEST_F(terminated_backends, cost_each_client_of_a_multiplexer_at_most_two_statements) {
    with_loaded_multiplexer(shared_server(), [&](pgcoro::multiplexer& db) -> task<> {
        std::size_t failures = 0;
        auto outcome = co_await terminate_under_load(db, 2, 1, failures);
        co_return outcome;
    });
}

} // namespace
