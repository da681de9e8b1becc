// SPDX-License-Identifier: BSL-1.0
// The pool's decisions as lists of events and the actions expected of them. The clock stands still unless a test moves it.
#include "pool/pool_core.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using namespace std::chrono_literals;
using pgcoro::pool_options;
using pgcoro::pooling::member;
using pgcoro::pooling::pool_core;
using pgcoro::pooling::refusal;
using pgcoro::pooling::time_point;
using pgcoro::pooling::waiter;

constexpr double no_chance = 0.0;

/// A pool of members a, b, c, ... and waiters 1, 2, 3, ...
class pool_core_test : public testing::Test {
protected:
    pool_core& core() { return core_ ? *core_ : core_.emplace(options); }

    /// All that is to be done now, as a list in words.
    std::string actions() {
        using kind = pool_core::action::kind;
        std::string all;
        while (const auto a = core().next()) {
            const std::string which = a->which ? std::string(1, static_cast<char>('a' + (a->which - members.data()))) : "";
            const std::string who = a->who ? std::to_string(a->who - waiters.data() + 1) : "";
            const char* const reasons[] = {"timed out", "too many", "cannot connect", "closed"};
            all += all.empty() ? "" : ", ";
            switch (a->what) {
            case kind::connect: all += "connect"; break;
            case kind::probe: all += "probe " + which; break;
            case kind::ping: all += "ping " + which; break;
            case kind::lend: all += "lend " + which + " to " + who; break;
            case kind::refuse: all += "refuse " + who + ": " + reasons[static_cast<int>(a->why)]; break;
            case kind::close: all += "close " + which; break;
            case kind::report: all += "report " + which; break;
            }
        }
        return all;
    }

    waiter& ask(int who, std::chrono::seconds patience = 30s) {
        waiter& w = waiters[static_cast<std::size_t>(who - 1)];
        w.expires = now + patience;
        core().ask(w, now);
        return w;
    }
    member& of(char name) { return members[static_cast<std::size_t>(name - 'a')]; }
    void connected(char name, double random = no_chance) { core().connected(of(name), now, random); }
    void failed(double random = no_chance) { core().connect_failed(false, now, random); }
    void back(char name) { core().give_back(of(name), now); }
    void tick() { core().tick(now); }

    /// Members a, b, ... are idle; each has been lent once, and the last one came back last.
    void have_idle(const std::string& names) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            ask(static_cast<int>(waiters.size() - i));
        }
        for (const char name : names) {
            connected(name);
        }
        for (const char name : names) {
            back(name);
        }
        tick(); // forgets when those who asked would have given up
        EXPECT_EQ(core().idle(), names.size());
        while (core().next()) {
        }
    }

    pool_options options;
    time_point now = time_point() + 1000h;
    std::array<member, 8> members;
    std::array<waiter, 20> waiters;

private:
    std::optional<pool_core> core_; // after what it links
};

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

TEST_F(pool_core_test, a_connection_that_rested_a_little_is_probed) {
    have_idle("a");
    now += 500ms;
    EXPECT_EQ(core().take(now), nullptr);
    ask(1);
    EXPECT_EQ(actions(), "probe a");
    core().checked(of('a'), true, now);
    EXPECT_EQ(actions(), "lend a to 1");
}

TEST_F(pool_core_test, a_connection_that_rested_long_is_pinged) {
    have_idle("a");
    now += options.validate_after;
    ask(1);
    EXPECT_EQ(actions(), "ping a");
}

TEST_F(pool_core_test, one_is_made_besides_only_if_checks_do_not_suffice) {
    have_idle("ab");
    now += 1s;
    ask(1), ask(2);
    EXPECT_EQ(actions(), "probe b, probe a");
    ask(3);
    EXPECT_EQ(actions(), "connect");
}

TEST_F(pool_core_test, what_was_checked_for_somebody_who_gave_up_goes_to_the_next) {
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

TEST_F(pool_core_test, one_failed_check_retires_every_older_connection) {
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

TEST_F(pool_core_test, a_second_failed_check_of_the_same_age_spares_new_connections) {
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

TEST_F(pool_core_test, after_a_loss_in_use_the_others_are_probed_however_fresh) {
    have_idle("ab");
    EXPECT_EQ(core().take(now), &of('b'));
    core().lost(of('b'), now);
    EXPECT_EQ(actions(), "close b");
    EXPECT_EQ(core().take(now), nullptr);
    ask(1);
    EXPECT_EQ(actions(), "probe a");
}

TEST_F(pool_core_test, a_connection_is_retired_at_its_age) {
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    now += 30min;
    back('a');
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_test, an_idle_connection_is_retired_when_its_time_comes) {
    options.idle_timeout = 0ms;
    have_idle("a");
    EXPECT_EQ(core().wake(), now + 30min);
    now += 30min;
    tick();
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_test, chance_takes_up_to_a_fortieth_of_the_lifetime) {
    ask(1);
    connected('a', 0.999'999);
    ask(2);
    connected('b', 0.5);
    EXPECT_GT(of('a').retires, now + 29min + 15s);
    EXPECT_LT(of('a').retires, now + 29min + 16s);
    EXPECT_EQ(of('b').retires, now + 29min + 37'500ms);
}

TEST_F(pool_core_test, a_connection_is_lent_so_often) {
    options.max_uses = 3;
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    back('a');
    EXPECT_EQ(actions(), "");
    EXPECT_EQ(core().take(now), &of('a'));
    back('a');
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_test, it_shrinks_to_its_minimum) {
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

TEST_F(pool_core_test, only_what_rested_the_whole_time_is_closed) {
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

TEST_F(pool_core_test, it_is_filled_to_its_minimum_one_after_the_other) {
    options.min_size = 2;
    core().start(now);
    EXPECT_EQ(actions(), "connect");
    connected('a');
    EXPECT_EQ(actions(), "connect");
    connected('b');
    EXPECT_EQ(actions(), "");
}

TEST_F(pool_core_test, what_was_lost_of_the_minimum_is_replaced) {
    options.min_size = 1;
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    core().lost(of('a'), now);
    EXPECT_EQ(actions(), "close a, connect");
}

TEST_F(pool_core_test, beyond_what_may_be_idle_connections_are_closed_when_they_come_back) {
    options.max_idle = 1;
    ask(1), ask(2);
    connected('a');
    connected('b');
    back('a');
    EXPECT_EQ(actions(), "connect, lend a to 1, connect, lend b to 2");
    back('b');
    EXPECT_EQ(actions(), "close b");
}

TEST_F(pool_core_test, a_pool_that_keeps_nothing_still_hands_over) {
    options.max_size = 1;
    options.max_idle = 0;
    ask(1), ask(2);
    connected('a');
    back('a');
    EXPECT_EQ(actions(), "connect, lend a to 1, lend a to 2");
    back('a');
    EXPECT_EQ(actions(), "close a");
}

TEST_F(pool_core_test, attempts_to_connect_back_off) {
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

TEST_F(pool_core_test, attempts_to_connect_go_on_for_ever_with_a_bounded_pause) {
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

TEST_F(pool_core_test, there_is_one_stream_of_attempts_for_all) {
    ask(1);
    failed();
    ask(2);
    EXPECT_EQ(actions(), "connect");
    now += 100ms;
    tick();
    tick();
    EXPECT_EQ(actions(), "connect");
}

TEST_F(pool_core_test, success_forgets_the_failures) {
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

TEST_F(pool_core_test, a_passing_failure_keeps_them_waiting) {
    ask(1);
    core().connect_failed(false, now, no_chance);
    EXPECT_EQ(actions(), "connect");
    EXPECT_EQ(core().waiting(), 1u);
}

TEST_F(pool_core_test, a_permanent_failure_with_nothing_connected_fails_them_now) {
    ask(1), ask(2);
    core().connect_failed(true, now, no_chance);
    EXPECT_EQ(actions(), "connect, refuse 1: cannot connect, refuse 2: cannot connect");
}

TEST_F(pool_core_test, a_permanent_failure_beside_a_connection_keeps_them_waiting_for_it) {
    ask(1), ask(2);
    connected('a');
    core().connect_failed(true, now, no_chance);
    EXPECT_EQ(actions(), "connect, lend a to 1, connect");
    back('a');
    EXPECT_EQ(actions(), "lend a to 2");
}

TEST_F(pool_core_test, after_a_permanent_failure_the_next_who_asks_has_it_tried_again) {
    ask(1);
    core().connect_failed(true, now, no_chance);
    ask(2);
    EXPECT_EQ(actions(), "connect, refuse 1: cannot connect");
    now += 100ms;
    tick();
    EXPECT_EQ(actions(), "connect");
}

TEST_F(pool_core_test, one_that_is_cleaned_goes_to_who_waits_and_nothing_is_made_meanwhile) {
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

TEST_F(pool_core_test, one_that_cannot_be_cleaned_is_replaced_if_somebody_waits) {
    have_idle("a");
    EXPECT_EQ(core().take(now), &of('a'));
    core().clean(of('a'));
    ask(1);
    core().discard(of('a'), now);
    EXPECT_EQ(actions(), "close a, connect");
    EXPECT_EQ(core().size(), 0u);
}

TEST_F(pool_core_test, draining_replaces_what_there_is) {
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

TEST_F(pool_core_test, closing_sends_them_away_and_takes_back_what_is_lent) {
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

TEST_F(pool_core_test, what_is_made_after_closing_is_closed) {
    ask(1);
    core().close(now);
    connected('a');
    EXPECT_EQ(actions(), "connect, refuse 1: closed, close a");
}

TEST_F(pool_core_test, who_keeps_a_connection_too_long_is_reported_once) {
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
