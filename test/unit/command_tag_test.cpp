// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/command_tag.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using pgcoro::command_tag;

TEST(command_tag, count_is_the_last_word) {
    EXPECT_EQ(command_tag("INSERT 0 5").rows_affected(), 5u);
    EXPECT_EQ(command_tag("UPDATE 18446744073709551615").rows_affected(), 18446744073709551615u);
    EXPECT_EQ(command_tag("SELECT 0").rows_affected(), 0u);
    EXPECT_EQ(command_tag("COPY 12").rows_affected(), 12u);
}

TEST(command_tag, without_a_count_no_rows_are_affected) {
    EXPECT_EQ(command_tag("CREATE TABLE").rows_affected(), 0u);
    EXPECT_EQ(command_tag("BEGIN").rows_affected(), 0u);
    EXPECT_EQ(command_tag("").rows_affected(), 0u);
    EXPECT_EQ(command_tag("ODD 5x").rows_affected(), 0u);
    EXPECT_EQ(command_tag().rows_affected(), 0u);
}

TEST(command_tag, text_is_the_server_s) {
    EXPECT_EQ(command_tag("CREATE TEXT SEARCH CONFIGURATION").text(), "CREATE TEXT SEARCH CONFIGURATION");
    EXPECT_EQ(command_tag("BEGIN"), "BEGIN");
    EXPECT_EQ(command_tag().text(), "");
    EXPECT_EQ(command_tag(std::string(100, 'x')).text(), std::string(63, 'x'));
}

} // namespace
