// SPDX-License-Identifier: BSL-1.0
// Which connections are looked at, retired and closed.
#include "pool_core_fixture.hpp"

namespace {

using namespace pgcoro::test;
using pool_core_checks = pool_core_test;

TEST_F(pool_core_checks, a_connection_that_rested_a_little_is_probed) {
    have_idle("a");
    now += 500ms;
    EXPECT_EQ(core().take(now), nullptr);
    ask(1);
    EXPECT_EQ(actions(), "probe a");
    core().checked(of('a'), true, now);
    EXPECT_EQ(actions(), "lend a to 1");
}

TEST_F(pool_core_checks, a_connection_that_rested_long_is_pinged) {
    have_idle("a");
    now += options.validate_after;
    ask(1);
    EXPECT_EQ(actions(), "ping a");
}

TEST_F(pool_core_checks, one_is_made_besides_only_if_checks_do_not_suffice) {
    have_idle("ab");
    now += 1s;
    ask(1), ask(2);
    EXPECT_EQ(actions(), "probe b, probe a");
    ask(3);
    EXPECT_EQ(actions(), "connect");
}

TEST_F(pool_core_checks, what_was_checked_for_somebody_who_gave_up_goes_to_the_next) {
    options.max_size = 1;
    have_idle("a");
    now += 1min;
    auto& first = ask(1);
    ask(2);
    EXPECT_EQ(actions(), "ping a");
    EXPECT_TRUE(core().withdraw(first));
    core().checked(of('a'), true, now);
    EXPECT_EQ(actions(), "lend a to 2");
}

TEST_F(pool_core_checks, one_failed_check_retires_every_older_connection) {
    have_idle("abcd");
    EXPECT_EQ(core().take(now), &of('d'));
    now += 1s;
    ask(1);
    EXPECT_EQ(actions(), "probe c");
    core().checked(of('c'), false, now);
    EXPECT_EQ(actions(), "close c, close b, close a, connect");
    back('d');
    EXPECT_EQ(actions(), "close d");
}

TEST_F(pool_core_checks, a_second_failed_check_of_the_same_age_spares_new_connections) {
    have_idle("ab");
    now += 1min;
    ask(1), ask(2);
    EXPECT_EQ(actions(), "ping b, ping a");
    core().checked(of('b'), false, now);
    connected('c');
    core().checked(of('a'), false, now);
    connected('d');
    EXPECT_EQ(actions(), "close b, connect, lend c to 1, close a, connect, lend d to 2");
    back('c');
    EXPECT_EQ(actions(), "");
    EXPECT_EQ(core().idle(), 1u);
}

TEST_F(pool_core_checks, after_a_loss_in_use_the_others_are_probed_however_fresh) {
    have_idle("ab");
    EXPECT_EQ(core().take(now), &of('b'));
    core().lost(of('b'), now);
    EXPECT_EQ(actions(), "close b");
    EXPECT_EQ(core().take(now), nullptr);
    ask(1);
    EXPECT_EQ(actions(), "probe a");
}

TEST_F(pool_core_checks, a_connection_is_retired_at_its_age) {
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    now += 30min;
    back('a');
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_checks, an_idle_connection_is_retired_when_its_time_comes) {
    options.idle_timeout = 0ms;
    have_idle("a");
    EXPECT_EQ(core().wake(), now + 30min);
    now += 30min;
    tick();
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_checks, chance_takes_up_to_a_fortieth_of_the_lifetime) {
    ask(1);
    connected('a', 0.999'999);
    ask(2);
    connected('b', 0.5);
    EXPECT_GT(of('a').retires, now + 29min + 15s);
    EXPECT_LT(of('a').retires, now + 29min + 16s);
    EXPECT_EQ(of('b').retires, now + 29min + 37'500ms);
}

TEST_F(pool_core_checks, a_connection_is_lent_so_often) {
    options.max_uses = 3;
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    back('a');
    EXPECT_EQ(actions(), "");
    EXPECT_EQ(core().take(now), &of('a'));
    back('a');
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_checks, it_shrinks_to_its_minimum) {
    options.min_size = 1;
    options.max_lifetime = 0ms;
    have_idle("abc");
    now += 1min;
    EXPECT_EQ(core().wake(), now + 9min);
    now += 9min;
    tick();
    EXPECT_EQ(actions(), "close a, close b");
    EXPECT_EQ(core().idle(), 1u);
    EXPECT_EQ(core().wake(), time_point::max());
}

TEST_F(pool_core_checks, only_what_rested_the_whole_time_is_closed) {
    have_idle("ab");
    now += 9min;
    EXPECT_EQ(core().take(now), nullptr);
    ask(1);
    core().checked(of('b'), true, now);
    back('b');
    EXPECT_EQ(actions(), "ping b, lend b to 1");
    now += 1min;
    tick();
    EXPECT_EQ(actions(), "close a");
    EXPECT_EQ(core().wake(), now + 9min);
}

TEST_F(pool_core_checks, it_is_filled_to_its_minimum_one_after_the_other) {
    options.min_size = 2;
    core().start(now);
    EXPECT_EQ(actions(), "connect");
    connected('a');
    EXPECT_EQ(actions(), "connect");
    connected('b');
    EXPECT_EQ(actions(), "");
}

TEST_F(pool_core_checks, what_was_lost_of_the_minimum_is_replaced) {
    options.min_size = 1;
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    core().lost(of('a'), now);
    EXPECT_EQ(actions(), "close a, connect");
}

TEST_F(pool_core_checks, beyond_what_may_be_idle_connections_are_closed_when_they_come_back) {
    options.max_idle = 1;
    ask(1), ask(2);
    connected('a');
    connected('b');
    back('a');
    EXPECT_EQ(actions(), "connect, lend a to 1, connect, lend b to 2");
    back('b');
    EXPECT_EQ(actions(), "close b");
}

TEST_F(pool_core_checks, a_pool_that_keeps_nothing_still_hands_over) {
    options.max_size = 1;
    options.max_idle = 0;
    ask(1), ask(2);
    connected('a');
    back('a');
    EXPECT_EQ(actions(), "connect, lend a to 1, lend a to 2");
    back('a');
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_checks, where_a_server_has_turned_the_others_are_asked_with_a_round_trip) {
    have_idle("abc");
    EXPECT_EQ(core().take(now), &of('c'));
    now += 1ms;
    core().turned(of('c'), now);
    EXPECT_EQ(actions(), "close c");
    EXPECT_EQ(core().take(now), nullptr);
    ask(1);
    EXPECT_EQ(actions(), "ping b");
    core().turned(of('b'), now);
    EXPECT_EQ(actions(), "close b, ping a");
    now += 1ms;
    core().checked(of('a'), true, now);
    EXPECT_EQ(actions(), "lend a to 1");
    back('a');
    EXPECT_EQ(core().take(now), &of('a')) << "it was asked";
}

TEST_F(pool_core_checks, who_wants_to_know_how_things_are_has_an_idle_one_asked) {
    have_idle("ab");
    core().look(now);
    EXPECT_TRUE(core().is_looking());
    EXPECT_EQ(actions(), "probe b") << "it was used just now";
    core().checked(of('b'), true, now);
    EXPECT_FALSE(core().is_looking());
    now += 1s;
    core().look(now);
    EXPECT_EQ(actions(), "ping b");
    core().checked(of('b'), true, now);
    EXPECT_TRUE(core().is_serving());
    now += options.idle_timeout - 1s;
    tick();
    EXPECT_EQ(actions(), "close a, close b") << "to be asked is not to be used";
}

TEST_F(pool_core_checks, with_none_left_one_is_connected_to_see_whether_that_is_possible) {
    have_idle("ab");
    core().look(now);
    EXPECT_EQ(actions(), "probe b");
    core().checked(of('b'), false, now);
    EXPECT_EQ(actions(), "close b, close a");
    EXPECT_FALSE(core().is_serving());
    core().look(now);
    core().look(now);
    EXPECT_EQ(actions(), "connect");
    failed();
    EXPECT_FALSE(core().is_serving());
    now += 1h;
    tick();
    EXPECT_EQ(actions(), "") << "nobody has asked";
    core().look(now);
    EXPECT_EQ(actions(), "connect");
    connected('c');
    EXPECT_TRUE(core().is_serving());
}

} // namespace
