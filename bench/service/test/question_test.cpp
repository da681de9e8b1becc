// SPDX-License-Identifier: BSL-1.0
#include "question.hpp"

#include <gtest/gtest.h>

namespace {

using namespace bench::service;

question rows_between(endpoint asked, std::size_t count, std::int32_t first, std::int32_t last) {
    question q = of_any_row(asked, count);
    q.first = first;
    q.last = last;
    return q;
}

TEST(question, the_target_has_what_is_asked) {
    EXPECT_EQ(of_any_row(endpoint::db, 20).target("pool"), "/db?via=pool");
    EXPECT_EQ(of_any_row(endpoint::queries, 20).target("multiplexer"), "/queries?count=20&via=multiplexer");
    EXPECT_EQ(rows_between(endpoint::updates, 5, 1, 9).target("pool"), "/updates?count=5&first=1&last=9&via=pool");
}

TEST(question, rows_that_were_asked_for_are_an_answer) {
    const auto one = read_answer(rows_between(endpoint::db, 1, 7, 7), R"({"id": 7, "randomnumber": 1})");
    const auto two = read_answer(rows_between(endpoint::queries, 2, 7, 9),
                                 R"([{"id": 7, "randomnumber": 1}, {"randomnumber": 10000, "id": 9}])");

    EXPECT_EQ(one, (std::vector<world_row>{{7, 1}}));
    EXPECT_EQ(two, (std::vector<world_row>{{7, 1}, {9, 10'000}}));
}

TEST(question, anything_else_is_not) {
    for (const char* const body :
         {"", "{}", "[]", R"({"id": 6, "randomnumber": 1})", R"({"id": 7})", R"({"id": 7, "randomnumber": 0})",
          R"({"id": "7", "randomnumber": 1})", R"({"id": 7, "randomnumber": 1)", R"([{"id": 7, "randomnumber": 1}])"}) {
        EXPECT_FALSE(read_answer(rows_between(endpoint::db, 1, 7, 7), body)) << body;
    }
    const auto two = rows_between(endpoint::queries, 2, 7, 9);
    EXPECT_FALSE(read_answer(two, R"([{"id": 7, "randomnumber": 1}])"));
    EXPECT_FALSE(read_answer(two, R"([{"id": 7, "randomnumber": 1}, {"id": 10, "randomnumber": 1}])"));
}

} // namespace
