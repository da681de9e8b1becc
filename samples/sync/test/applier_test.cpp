// SPDX-License-Identifier: BSL-1.0
// What is taken at once, and what has to wait for the target.
#include "applier.hpp"
#include "servers.hpp"
#include "sync_program.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/run.hpp>

namespace sync_test {
namespace {

namespace replication = pgcoro::replication;

class sync_applier : public program {
protected:
    /// Whether it is taken without a word to the target.
    static pgcoro::task<bool> is_taken_at_once(std::string dsn, replication::event event) {
        data_sync::target_option west;
        west.dsn = std::move(dsn);
        const data_sync::options o;
        BOOST_OUTCOME_CO_TRY(auto db, co_await data_sync::connect_target(west, o));
        data_sync::applier apply(db, o, "sync_west", pgcoro::lsn{1}, {});
        co_return apply.try_take(event);
    }
};

TEST_F(sync_applier, begin_and_commit_are_taken_at_once) {
    EXPECT_TRUE(pgcoro::run(is_taken_at_once(dsn_of("west"), replication::begin{})).value());
    EXPECT_TRUE(pgcoro::run(is_taken_at_once(dsn_of("west"), replication::commit{})).value());
}

// The stream confirms it when it is asked for the next event. If that were before the target has stored the position, and the
// target then failed, the changes in between would count as lost.
TEST_F(sync_applier, a_keepalive_waits_until_its_position_is_stored) {
    EXPECT_FALSE(pgcoro::run(is_taken_at_once(dsn_of("west"), replication::keepalive{pgcoro::lsn{2}})).value());
}

} // namespace
} // namespace sync_test
