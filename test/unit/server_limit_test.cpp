// SPDX-License-Identifier: BSL-1.0
#include "wire/server_limit.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using pgcoro::wire::server_limit;

TEST(server_limit, is_told_once) {
    server_limit limit;
    EXPECT_EQ(limit.change(5s), "set statement_timeout to 5000");
    EXPECT_EQ(limit.change(5s), std::nullopt);
    EXPECT_EQ(limit.change(4999ms), std::nullopt) << "some of it had passed";
    EXPECT_EQ(limit.change(4100ms), std::nullopt);
}

TEST(server_limit, is_told_again_when_it_is_another_one) {
    server_limit limit;
    limit.change(5s);
    EXPECT_EQ(limit.change(6s), "set statement_timeout to 6000") << "never less than the deadline";
    EXPECT_EQ(limit.change(1s), "set statement_timeout to 1000");
}

TEST(server_limit, is_rounded_up_to_two_digits) {
    EXPECT_EQ(server_limit().change(4901ms), "set statement_timeout to 5000");
    EXPECT_EQ(server_limit().change(99ms), "set statement_timeout to 99");
    EXPECT_EQ(server_limit().change(101ms), "set statement_timeout to 110");
    EXPECT_EQ(server_limit().change(12'345ms), "set statement_timeout to 13000");
}

TEST(server_limit, without_a_deadline_there_is_none) {
    server_limit limit;
    EXPECT_EQ(limit.change(std::nullopt), std::nullopt) << "as it was";
    limit.change(5s);
    EXPECT_EQ(limit.change(std::nullopt), "set statement_timeout to default");
    EXPECT_EQ(limit.change(std::nullopt), std::nullopt);
}

TEST(server_limit, is_told_anew_when_nobody_knows_it) {
    server_limit limit;
    limit.change(5s);
    limit.forget();
    EXPECT_EQ(limit.change(5s), "set statement_timeout to 5000");
    limit.forget();
    EXPECT_EQ(limit.change(std::nullopt), "set statement_timeout to default");
}

TEST(server_limit, is_one_the_server_takes) {
    EXPECT_EQ(server_limit().change(0ms), "set statement_timeout to 1") << "0 would mean none";
    EXPECT_EQ(server_limit().change(-5s), "set statement_timeout to 1");
    EXPECT_EQ(server_limit().change(server_limit::milliseconds::max()), "set statement_timeout to 2100000000");
}

} // namespace
