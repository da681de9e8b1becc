// SPDX-License-Identifier: BSL-1.0
// Parameters whose type is decided at run time.
#include "types_fixture.hpp"

#include <pgcoro/types.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace {

using types_variant = pgcoro::test::types_fixture;
using value =
    std::variant<std::monostate, std::int32_t, bool, std::string, std::vector<std::int64_t>, pgcoro::range<std::int32_t>>;

TEST_F(types_variant, sends_what_it_holds) {
    EXPECT_EQ(type_of(value(7)), "integer");
    EXPECT_EQ(printed(value(7)), "7");
    EXPECT_EQ(printed(value(true)), "true");
    EXPECT_EQ(printed(value("text")), "text");
    EXPECT_EQ(printed(value(std::vector<std::int64_t>{1, 2})), "{1,2}");
    EXPECT_EQ(printed(value(pgcoro::range(1, 5))), "[1,5)");
}

TEST_F(types_variant, nothing_is_null) {
    const auto nulls = run(connection_.fetch_one<int>("select num_nulls($1::int, $2::int, $3::int, $4::int, $5::int)", value(),
                                                      std::monostate(), std::nullopt, nullptr, value(7)));
    ASSERT_TRUE(nulls.has_value()) << nulls.error().message();
    EXPECT_EQ(nulls.assume_value(), 4);
}

} // namespace
