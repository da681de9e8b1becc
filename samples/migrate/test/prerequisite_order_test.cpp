// SPDX-License-Identifier: BSL-1.0
// Types and functions come after what they need.
#include "prerequisite_order.hpp"

#include <gtest/gtest.h>

namespace migrate {
namespace {

using names = std::vector<std::string>;

TEST(prerequisite_order, is_kept_where_nothing_is_needed) { EXPECT_EQ(in_order({"b", "a", "c"}, {}), (names{"b", "a", "c"})); }

TEST(prerequisite_order, puts_what_is_needed_first) {
    const needs_of needs{{"a", "c"}, {"c", "d"}, {"b", "unknown"}};
    EXPECT_EQ(in_order({"a", "b", "c", "d"}, needs), (names{"d", "c", "a", "b"}));
}

TEST(prerequisite_order, has_everything_once_in_a_circle) {
    EXPECT_EQ(in_order({"a", "b"}, {{"a", "b"}, {"b", "a"}}), (names{"b", "a"}));
}

TEST(prerequisite_order, survives_long_chains) {
    constexpr int length = 100'000;
    names all;
    needs_of needs;
    for (int i = 0; i < length; ++i) {
        all.push_back(std::to_string(i));
        needs.emplace(std::to_string(i), std::to_string(i + 1));
    }

    const auto sorted = in_order(all, needs);

    EXPECT_EQ(sorted.size(), all.size());
    EXPECT_EQ(sorted.back(), "0");
}

TEST(prerequisite_order, needs_are_found_through_others) {
    const needs_of needs{{"a", "b"}, {"b", "a"}, {"b", "c"}};
    EXPECT_EQ(all_needs("a", needs), (names{"b", "c"})); // not itself
    EXPECT_EQ(all_needs("c", needs), names());
}

} // namespace
} // namespace migrate
