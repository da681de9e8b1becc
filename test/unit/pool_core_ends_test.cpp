// SPDX-License-Identifier: BSL-1.0
// Connections that cannot be made, and the end of a pool.
#include "pool_core_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pool_core_ends = pool_core_test;

TEST_F(pool_core_ends, attempts_to_connect_back_off) {
    ask(1, 24h);
    failed();
    EXPECT_EQ(actions(), "connect");
    EXPECT_EQ(core().wake(), now + 100ms);
    now += 99ms;
    tick();
    EXPECT_EQ(actions(), "");
    now += 1ms;
    tick();
    EXPECT_EQ(actions(), "connect");
    failed(0.5);
    EXPECT_EQ(core().wake(), now + 100ms) << "half of 200";
}

TEST_F(pool_core_ends, attempts_to_connect_go_on_for_ever_with_a_bounded_pause) {
    ask(1, 24h);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(actions(), "connect");
        failed();
        EXPECT_EQ(actions(), "");
        EXPECT_LE(core().wake(), now + 5s);
        now = core().wake();
        tick();
    }
}

TEST_F(pool_core_ends, there_is_one_stream_of_attempts_for_all) {
    ask(1);
    failed();
    ask(2);
    EXPECT_EQ(actions(), "connect");
    now += 100ms;
    tick();
    tick();
    EXPECT_EQ(actions(), "connect");
}

TEST_F(pool_core_ends, success_forgets_the_failures) {
    ask(1), ask(2);
    failed();
    now += 100ms;
    tick();
    EXPECT_EQ(actions(), "connect, connect");
    connected('a');
    EXPECT_EQ(actions(), "lend a to 1, connect");
    failed();
    EXPECT_EQ(core().wake(), now + 100ms);
}

TEST_F(pool_core_ends, a_passing_failure_keeps_them_waiting) {
    ask(1);
    core().connect_failed(false, now, no_chance);
    EXPECT_EQ(actions(), "connect");
    EXPECT_EQ(core().waiting(), 1u);
}

TEST_F(pool_core_ends, a_permanent_failure_with_nothing_connected_fails_them_now) {
    ask(1), ask(2);
    core().connect_failed(true, now, no_chance);
    EXPECT_EQ(actions(), "connect, refuse 1: cannot connect, refuse 2: cannot connect");
}

TEST_F(pool_core_ends, a_permanent_failure_beside_a_connection_keeps_them_waiting_for_it) {
    ask(1), ask(2);
    connected('a');
    core().connect_failed(true, now, no_chance);
    EXPECT_EQ(actions(), "connect, lend a to 1, connect");
    back('a');
    EXPECT_EQ(actions(), "lend a to 2");
}

TEST_F(pool_core_ends, after_a_permanent_failure_the_next_who_asks_has_it_tried_again) {
    ask(1);
    core().connect_failed(true, now, no_chance);
    ask(2);
    EXPECT_EQ(actions(), "connect, refuse 1: cannot connect");
    now += 100ms;
    tick();
    EXPECT_EQ(actions(), "connect");
}

TEST_F(pool_core_ends, one_that_is_cleaned_goes_to_who_waits_and_nothing_is_made_meanwhile) {
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    core().clean(of('a'));
    EXPECT_EQ(core().in_use(), 0u);
    ask(1);
    EXPECT_EQ(actions(), "");
    ask(2);
    EXPECT_EQ(actions(), "connect");
    back('a');
    EXPECT_EQ(actions(), "lend a to 1");
}

TEST_F(pool_core_ends, one_that_cannot_be_cleaned_is_replaced_if_somebody_waits) {
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    core().clean(of('a'));
    ask(1);
    core().discard(of('a'), now);
    EXPECT_EQ(actions(), "close a, connect");
    EXPECT_EQ(core().size(), 0u);
}

TEST_F(pool_core_ends, draining_replaces_what_there_is) {
    have_idle("ab");
    EXPECT_EQ(core().take(now), &of('b'));
    core().drain(now);
    EXPECT_EQ(actions(), "close a");
    ask(1);
    EXPECT_EQ(actions(), "connect");
    connected('c');
    EXPECT_EQ(actions(), "lend c to 1");
    back('b');
    EXPECT_EQ(actions(), "close b");
    back('c');
    EXPECT_EQ(core().idle(), 1u);
}

TEST_F(pool_core_ends, closing_sends_them_away_and_takes_back_what_is_lent) {
    options.max_size = 2;
    options.min_size = 2;
    have_idle("ab");
    EXPECT_EQ(core().take(now), &of('b'));
    EXPECT_EQ(core().take(now), &of('a'));
    ask(1);
    back('a');
    EXPECT_EQ(actions(), "lend a to 1");
    ask(2);
    core().close(now);
    EXPECT_EQ(actions(), "refuse 2: closed");
    ask(3);
    back('a');
    back('b');
    EXPECT_EQ(actions(), "refuse 3: closed, close a, close b");
    EXPECT_EQ(core().size(), 0u);
}

TEST_F(pool_core_ends, what_is_made_after_closing_is_closed) {
    ask(1);
    core().close(now);
    connected('a');
    EXPECT_EQ(actions(), "connect, refuse 1: closed, close a");
}

TEST_F(pool_core_ends, who_keeps_a_connection_too_long_is_reported_once) {
    options.leak_after = 2000ms;
    have_idle("ab");
    EXPECT_EQ(core().take(now), &of('b'));
    now += 400ms;
    EXPECT_EQ(core().take(now), &of('a'));
    EXPECT_EQ(core().wake(), now + 1600ms);
    now += 1600ms;
    tick();
    EXPECT_EQ(actions(), "report b");
    EXPECT_EQ(core().wake(), now + 400ms);
    tick();
    EXPECT_EQ(actions(), "");
}

} // namespace
