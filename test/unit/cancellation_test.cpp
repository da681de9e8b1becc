// SPDX-License-Identifier: BSL-1.0
#include "wire/cancel_request.hpp"
#include "wire/cancellation.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using pgcoro::wire::cancellation;
constexpr auto never = cancellation::clock::time_point::max();

TEST(cancellation, of_nothing_has_no_deadline) { EXPECT_EQ(cancellation().step_ends(), never); }

TEST(cancellation, gives_no_step_longer_than_the_whole) {
    cancellation c;
    c.begin(1h);
    const auto whole = c.step_ends();
    c.limit_step(10h);
    EXPECT_EQ(c.step_ends(), whole);
    c.limit_step(1min);
    EXPECT_LT(c.step_ends(), whole);
    EXPECT_FALSE(c.end_step(whole - 1s)) << "there is time left";
    EXPECT_EQ(c.step_ends(), whole);
    EXPECT_TRUE(c.end_step(whole));
}

TEST(cancellation, gives_the_echo_time_of_its_own) {
    cancellation c;
    c.begin(1min);
    const auto whole = c.step_ends();
    c.begin_echo(1h);
    EXPECT_GT(c.step_ends(), whole);
    EXPECT_NE(c.step_ends(), never);
}

TEST(cancellation, has_progressed_when_fewer_are_in_flight) {
    cancellation c;
    c.begin_request(3);
    EXPECT_FALSE(c.has_progressed(3));
    EXPECT_TRUE(c.has_progressed(2));
}

TEST(cancellation, says_what_its_request_complained_of) {
    cancellation c;
    const auto silent = c.failure(true).message();
    EXPECT_NE(silent.find("did not end in time"), std::string::npos) << silent;
    c.complain("it was not answered");
    for (const bool is_in_flight : {true, false}) {
        const auto told = c.failure(is_in_flight).message();
        EXPECT_NE(told.find("it was not answered"), std::string::npos) << told;
    }
    c.begin_request(1);
    EXPECT_EQ(c.failure(true).message(), silent) << "the next one has not complained yet";
}

TEST(cancellation, that_is_over_leaves_no_deadline) {
    cancellation c;
    c.begin(1min);
    c.end();
    EXPECT_EQ(c.step_ends(), never);
}

} // namespace
