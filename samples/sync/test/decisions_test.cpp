// SPDX-License-Identifier: BSL-1.0
// Conflicts, what follows a failure, lag and rate.
#include "conflict_policy.hpp"
#include "failure.hpp"
#include "journal.hpp"
#include "lag_clock.hpp"
#include "rate_meter.hpp"
#include "retry_decision.hpp"
#include "source_checks.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace data_sync {
namespace {

using namespace std::chrono_literals;

pgcoro::backoff_options exact_delays() {
    pgcoro::backoff_options delays;
    delays.initial = 100ms;
    delays.maximum = 1s;
    delays.jitter = 0;
    delays.attempts = 1'000'000;
    return delays;
}

TEST(sync_conflicts, are_told_by_the_number_of_rows) {
    EXPECT_EQ(find_conflict(change_kind::insert, false, 1), std::nullopt);
    EXPECT_EQ(find_conflict(change_kind::insert, false, 0), conflict::exists);
    EXPECT_EQ(find_conflict(change_kind::update, false, 1), std::nullopt);
    EXPECT_EQ(find_conflict(change_kind::update, false, 0), conflict::missing);
    EXPECT_EQ(find_conflict(change_kind::update, true, 0), std::nullopt);
    EXPECT_EQ(find_conflict(change_kind::update, true, 1), conflict::missing);
    EXPECT_EQ(find_conflict(change_kind::remove, false, 0), conflict::missing);
    EXPECT_EQ(find_conflict(change_kind::truncate, false, 0), std::nullopt);
}

TEST(sync_conflicts, end_a_target_if_the_policy_says_so_or_cannot_be_followed) {
    EXPECT_TRUE(is_fatal(conflict_policy::error, change_kind::remove, false));
    EXPECT_FALSE(is_fatal(conflict_policy::skip, change_kind::update, false));
    EXPECT_FALSE(is_fatal(conflict_policy::overwrite, change_kind::update, true));
    EXPECT_TRUE(is_fatal(conflict_policy::overwrite, change_kind::update, false)); // a value was not sent
    EXPECT_FALSE(is_fatal(conflict_policy::overwrite, change_kind::remove, false));
}

TEST(sync_retry, waits_longer_after_each_failure_that_may_pass) {
    retry_decision decision(exact_delays(), 100);
    EXPECT_EQ(decision.on_failure(pgcoro::errc::connection_lost, false), next_step::try_again);
    EXPECT_EQ(decision.delay(0), 100ms);
    EXPECT_EQ(decision.on_failure(pgcoro::sqlstate::deadlock_detected, true), next_step::try_again);
    EXPECT_EQ(decision.delay(0), 200ms);
    EXPECT_EQ(decision.mode(), apply_mode::together); // it was not the change
    decision.on_progress(1);
    EXPECT_EQ(decision.on_failure(fail(failure::busy, ""), false), next_step::try_again);
    EXPECT_EQ(decision.delay(0), 100ms);
}

TEST(sync_retry, looks_for_the_transaction_that_fails_and_then_stops) {
    retry_decision decision(exact_delays(), 100);
    const auto why = fail(failure::conflict, "");
    EXPECT_EQ(decision.on_failure(why, true), next_step::be_more_careful);
    EXPECT_EQ(decision.mode(), apply_mode::one_by_one);
    EXPECT_EQ(decision.on_failure(why, true), next_step::be_more_careful);
    EXPECT_EQ(decision.mode(), apply_mode::careful);
    decision.on_progress(1);
    EXPECT_EQ(decision.on_failure(why, true), next_step::stop);
}

TEST(sync_retry, stops_at_what_somebody_must_mend) {
    retry_decision decision(exact_delays(), 100);
    EXPECT_EQ(decision.on_failure(pgcoro::sqlstate::insufficient_privilege, false), next_step::stop);
    EXPECT_EQ(decision.on_failure(pgcoro::errc::authentication_failed, false), next_step::stop);
    EXPECT_EQ(decision.on_failure(fail(failure::log_lost, ""), false), next_step::stop);
    EXPECT_TRUE(may_pass(pgcoro::sqlstate::disk_full));
    EXPECT_TRUE(may_pass(boost::system::errc::make_error_code(boost::system::errc::connection_refused)));
}

TEST(sync_lag, is_the_time_since_the_source_was_there) {
    lag_clock clock;
    const lag_clock::time_point start{};
    EXPECT_EQ(clock.behind(5, start), 0ms);
    clock.add(10, start);
    clock.add(20, start + 1s);
    clock.add(20, start + 5s);
    clock.add(30, start + 6s);
    EXPECT_EQ(clock.behind(30, start + 10s), 0ms);
    EXPECT_EQ(clock.behind(20, start + 10s), 5000ms);
    EXPECT_EQ(clock.behind(15, start + 10s), 9500ms);
    EXPECT_EQ(clock.behind(1, start + 10s), 10000ms);
}

TEST(sync_lag, of_days_is_known_with_bounded_memory) {
    lag_clock clock;
    const lag_clock::time_point start{};
    for (int second = 0; second < 100'000; ++second) {
        clock.add(static_cast<std::uint64_t>(second), start + std::chrono::seconds(second));
    }
    EXPECT_EQ(clock.behind(0, start + 100'000s), 100'000s);
    EXPECT_EQ(clock.behind(50'000, start + 100'000s), 50'000s);
    EXPECT_LE(clock.samples(), 4096u);
}

TEST(sync_rate, is_that_of_the_last_seconds) {
    rate_meter meter;
    const rate_meter::time_point start{};
    EXPECT_EQ(meter.add(100, start), 0);
    EXPECT_EQ(meter.add(300, start + 2s), 100);
    for (int i = 3; i <= 20; ++i) {
        meter.add(300, start + std::chrono::seconds(i));
    }
    EXPECT_EQ(meter.add(300, start + 21s), 0);
    EXPECT_EQ(meter.add(0, start + 22s), 0); // a new copy
}

TEST(sync_journal, describes_a_target_on_a_line) {
    target_status t;
    t.name = "east";
    t.state = target_state::copying;
    t.copy = {4, 2, 500, 1000};
    EXPECT_EQ(describe(t), "east copying [##########          ] 2 of 4 tables, 500 rows");
    t.state = target_state::following;
    t.lag_bytes = 1'500'000;
    t.lag_time = 2500ms;
    t.rate = 12.3;
    EXPECT_EQ(describe(t), "east following, 1.5 MB and 2 s behind, 12 changes/s");
    t.state = target_state::stopped;
    t.reason = "why";
    EXPECT_EQ(describe(t), "east stopped: why");
}

TEST(sync_journal, redraws_a_line_on_a_terminal_and_adds_lines_elsewhere) {
    target_status t;
    t.name = "east";
    std::ostringstream terminal;
    std::ostringstream json;
    journal on_terminal(terminal, true, &json);
    on_terminal.progress({t});
    on_terminal.event("state", "news");
    on_terminal.end();
    EXPECT_EQ(terminal.str(), "\r\033[Keast connecting\r\033[Kpgcoro-sync: news\neast connecting\n");
    EXPECT_NE(json.str().find(R"("event":"progress")"), std::string::npos);
    std::ostringstream file;
    journal elsewhere(file, false, nullptr);
    elsewhere.progress({t});
    EXPECT_EQ(file.str(), "east connecting\n");
}

TEST(sync_source, that_has_all_that_is_needed_has_no_obstacles) {
    source_facts facts{"logical", true, 10, 9, 1, 10, 8};
    EXPECT_TRUE(find_obstacles(facts, 2).empty());
    facts.own_slots = 0;
    EXPECT_EQ(find_obstacles(facts, 2).size(), 1u);
    facts.wal_level = "replica";
    facts.may_replicate = false;
    facts.senders = 9;
    EXPECT_EQ(find_obstacles(facts, 2).size(), 4u);
}

} // namespace
} // namespace data_sync
