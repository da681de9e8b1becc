// SPDX-License-Identifier: BSL-1.0
#include "statement/statement_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace {

using namespace pgcoro::wire;

constexpr std::array int4_alone{23u};
constexpr std::array text_alone{25u};
constexpr std::array two{23u, 25u};

TEST(statement_name, is_an_identifier_that_needs_no_quotes) {
    const auto name = name_of({.text = "select 1"});
    EXPECT_EQ(name.size(), 31u);
    EXPECT_TRUE(name.starts_with("pgcoro_"));
    EXPECT_TRUE(std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7') || c == '_'; }));
}

TEST(statement_name, is_the_same_for_the_same_content) {
    const std::string elsewhere = "select $1";
    EXPECT_EQ(name_of({.text = "select $1", .types = int4_alone, .settings = "UTC"}),
              name_of({.text = elsewhere, .types = int4_alone, .settings = "UTC"}));
}

TEST(statement_name, differs_with_everything_that_decides_the_meaning) {
    const std::set<std::string> names{
        name_of({.text = "select $1", .types = int4_alone, .settings = "UTC"}),
        name_of({.text = "select $1 ", .types = int4_alone, .settings = "UTC"}),
        name_of({.text = "select $1", .types = text_alone, .settings = "UTC"}),
        name_of({.text = "select $1", .types = two, .settings = "UTC"}),
        name_of({.text = "select $1", .types = int4_alone, .settings = "CET"}),
        name_of({.text = "select $1", .types = int4_alone, .settings = "UTC", .generation = 1}),
        name_of({.text = "Cselect $1", .types = int4_alone, .settings = "UT"}),
        name_of({.text = "", .types = int4_alone, .settings = "UTCselect $1"}),
    };
    EXPECT_EQ(names.size(), 8u);
}

// Computed by other means (SHA-256 and base 32 of Python): programs of two versions behind one pooler agree on what a name
// means.
TEST(statement_name, does_not_change_between_versions_of_the_library) {
    EXPECT_EQ(name_of({.text = "select 1"}), "pgcoro_fyrtydxgx3y6marviine27jk");
}

} // namespace
