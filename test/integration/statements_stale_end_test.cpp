// SPDX-License-Identifier: BSL-1.0
// A statement that has gone stale would be sent again. Where it ends before it can be, its waiter is told why, and not that it
// had gone stale: that is not true of the statement.
#include "support/by_hand.hpp"
#include "support/judge.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/pgcoro.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::rowset;
using pgcoro::sqlstate;

/// A connection that has prepared a search of a table, under a name, which is stale once the table's column is an int.
class stale_search : public testing::Test {
protected:
    stale_search() {
        for (int i = 0; i < 2; ++i) { // the second one has a name
            started known(search());
            EXPECT_TRUE(outcome_by_hand(loop_, known));
        }
    }
    ~stale_search() override { judge_.value("drop table retyped"); }

    pgcoro::operation<rowset> search() { return c_.fetch("select from retyped where k = $1", "1"); }

    libpq_session judge_{shared_server().dsn()};
    const std::string made_ = judge_.value("drop table if exists retyped; create table retyped (k text)");
    asio::io_context loop_{1};
    pgcoro::connection c_ = connect_by_hand(loop_, shared_server().dsn());
};

constexpr const char* retype = "alter table retyped alter k type int using k::int";

TEST_F(stale_search, that_is_given_up_at_that_moment_says_so) {
    judge_.value("begin");
    judge_.value(retype);
    std::optional<pgcoro::result<rowset>> told;
    asio::cancellation_signal signal;
    search()(asio::bind_cancellation_slot(signal.slot(), [&](pgcoro::result<rowset> r) { told = std::move(r); }));
    turn_until_quiet(loop_);
    stand_still_until_blocked(judge_, c_);
    judge_.value("commit");
    stand_still_until(judge_, c_, "state = 'idle'");
    // The refusal has come and is read right behind this handler, before anybody is told of the end it makes.
    asio::post(loop_, [&] { signal.emit(asio::cancellation_type::terminal); });
    turn_until(loop_, [&] { return told.has_value(); });
    EXPECT_EQ(error_of(*told), asio::error::operation_aborted) << error_of(*told);
    started again(search());
    EXPECT_TRUE(outcome_by_hand(loop_, again));
}

TEST_F(stale_search, whose_session_ends_before_it_is_sent_again_says_that_the_connection_was_lost) {
    judge_.value(retype);
    judge_.value("select pg_advisory_lock(11)");
    started stale(search());
    started behind(c_.execute("select pg_advisory_xact_lock(11)"));
    turn_until_quiet(loop_);
    stand_still_until_blocked(judge_, c_); // the first one was refused by now, and waits for the second to be over
    judge_.value("select pg_terminate_backend(" + std::to_string(c_.backend_pid()) + ", 20000)");
    const auto error = error_of(outcome_by_hand(loop_, stale));
    EXPECT_TRUE(error.connection_lost()) << error;
    EXPECT_TRUE(error.safe_to_retry()) << error;
    EXPECT_EQ(error, sqlstate::admin_shutdown);
    EXPECT_EQ(error_of(outcome_by_hand(loop_, behind)), sqlstate::admin_shutdown);
    judge_.value("select pg_advisory_unlock(11)");
}

} // namespace
