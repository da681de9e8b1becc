// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/sql_comment.hpp>
#include <pgcoro/trace_context.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using pgcoro::read_traceparent;

// The example of the recommendation.
constexpr const char* header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(trace_context, is_read_and_written) {
    const auto read = read_traceparent(header, "vendor=1");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->is_sampled);
    EXPECT_EQ(read->trace_id.front(), 0x4b);
    EXPECT_EQ(read->span_id.back(), 0xb7);
    EXPECT_EQ(read->state, "vendor=1");
    EXPECT_EQ(pgcoro::traceparent(*read), header);
    const auto unsampled = read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    ASSERT_TRUE(unsampled);
    EXPECT_FALSE(unsampled->is_sampled);
}

TEST(trace_context, later_versions_may_have_more_at_the_end) {
    EXPECT_TRUE(read_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    EXPECT_TRUE(read_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
    EXPECT_FALSE(read_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more"));
    EXPECT_FALSE(read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
}

TEST(trace_context, what_is_malformed_is_none) {
    for (const std::string bad :
         {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0"}) {
        EXPECT_FALSE(read_traceparent(bad)) << bad;
    }
}

TEST(sql_comments, have_the_format_of_sqlcommenter) {
    EXPECT_EQ(pgcoro::sql_comment({}), "");
    EXPECT_EQ(pgcoro::sql_comment({{"route", "/users/:id"}, {"action", "list all"}}),
              "/*action='list%20all',route='%2Fusers%2F%3Aid'*/");
}

TEST(sql_comments, end_where_they_should) {
    EXPECT_EQ(pgcoro::sql_comment({{"a'*/b", "*/; drop table x; --'\0\n"}}),
              "/*a%27%2A%2Fb='%2A%2F%3B%20drop%20table%20x%3B%20--%27'*/");
}

} // namespace
