// SPDX-License-Identifier: BSL-1.0
// Who gets which connection, and when there are more of them.
#include "pool_core_fixture.hpp"

namespace {

using namespace pgcoro::test;

TEST_F(pool_core_test, the_first_who_asks_makes_it_connect) {
    ask(1);
    EXPECT_EQ(actions(), "connect");
    connected('a');
    EXPECT_EQ(actions(), "lend a to 1");
}

TEST_F(pool_core_test, it_grows_one_at_a_time) {
    ask(1), ask(2), ask(3);
    EXPECT_EQ(actions(), "connect");
    connected('a');
    EXPECT_EQ(actions(), "lend a to 1, connect");
    connected('b');
    EXPECT_EQ(actions(), "lend b to 2, connect");
}

TEST_F(pool_core_test, who_waits_is_served_in_order) {
    options.max_size = 1;
    ask(1), ask(2), ask(3);
    connected('a');
    back('a');
    back('a');
    EXPECT_EQ(actions(), "connect, lend a to 1, lend a to 2, lend a to 3");
}

TEST_F(pool_core_test, it_never_exceeds_its_maximum) {
    options.max_size = 2;
    ask(1), ask(2), ask(3);
    connected('a');
    connected('b');
    EXPECT_EQ(actions(), "connect, lend a to 1, connect, lend b to 2");
    EXPECT_EQ(core().size(), 2u);
}

TEST_F(pool_core_test, growth_is_dropped_if_a_connection_comes_back_first) {
    ask(1), ask(2);
    connected('a');
    failed();
    EXPECT_EQ(actions(), "connect, lend a to 1, connect");
    back('a'); // while the next attempt has to wait
    now += 1h;
    tick();
    EXPECT_EQ(actions(), "lend a to 2");
}

TEST_F(pool_core_test, what_was_made_for_somebody_served_meanwhile_is_kept) {
    ask(1), ask(2);
    connected('a');
    back('a');
    EXPECT_EQ(actions(), "connect, lend a to 1, connect, lend a to 2");
    connected('b');
    EXPECT_EQ(actions(), "");
    EXPECT_EQ(core().idle(), 1u);
}

TEST_F(pool_core_test, the_one_that_came_back_last_is_lent_first) {
    have_idle("abc");
    EXPECT_EQ(core().take(now), &of('c'));
    EXPECT_EQ(core().take(now), &of('b'));
    back('c');
    EXPECT_EQ(core().take(now), &of('c'));
}

TEST_F(pool_core_test, nobody_overtakes_those_who_wait) {
    options.max_size = 1;
    ask(1), ask(2);
    connected('a');
    EXPECT_EQ(actions(), "connect, lend a to 1");
    EXPECT_EQ(core().take(now), nullptr);
    back('a');
    EXPECT_EQ(core().take(now), nullptr);
    EXPECT_EQ(actions(), "lend a to 2");
}

TEST_F(pool_core_test, who_gives_up_leaves_the_line_at_once) {
    options.max_size = 1;
    ask(1);
    auto& second = ask(2);
    ask(3);
    EXPECT_TRUE(core().withdraw(second));
    EXPECT_EQ(core().waiting(), 2u);
    connected('a');
    back('a');
    EXPECT_EQ(actions(), "connect, lend a to 1, lend a to 3");
}

TEST_F(pool_core_test, who_was_given_a_connection_cannot_give_up) {
    auto& first = ask(1);
    connected('a');
    EXPECT_FALSE(core().withdraw(first));
    EXPECT_EQ(core().in_use(), 1u);
}

TEST_F(pool_core_test, who_waits_too_long_is_told_so) {
    ask(1, 5s), ask(2, 3s);
    EXPECT_EQ(core().wake(), now + 3s);
    now += 3s;
    tick();
    EXPECT_EQ(actions(), "connect, refuse 2: timed out");
    EXPECT_EQ(core().wake(), now + 2s);
}

TEST_F(pool_core_test, too_many_are_sent_away) {
    options.max_waiting = 2;
    ask(1), ask(2), ask(3);
    EXPECT_EQ(actions(), "connect, refuse 3: too many");
    EXPECT_EQ(core().waiting(), 2u);
}

} // namespace
