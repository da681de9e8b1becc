// SPDX-License-Identifier: BSL-1.0
// json and jsonb through Boost.JSON, to the server and back.
#include "types_fixture.hpp"

#include <pgcoro/types/boost_json.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/src.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

using pgcoro::errc;
using pgcoro::json_as;
using types = pgcoro::test::types_fixture;
namespace json = boost::json;

struct item {
    std::string name;
    std::vector<int> sizes;
    friend bool operator==(const item&, const item&) = default;
};
BOOST_DESCRIBE_STRUCT(item, (), (name, sizes))

TEST_F(types, documents_of_boost_json) {
    expect_same_everywhere(json::value{{"a", {1, nullptr, "x\"\\\n"}}, {"b", {{"c", 1.5}}}},
                           R"({"a": [1, null, "x\"\\\n"], "b": {"c": 1.5}})", "jsonb");
    expect_same_everywhere(json::value(nullptr), "null", "jsonb");
    expect_same_everywhere(json::value(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615", "jsonb");
    EXPECT_EQ(read<json::value>("'{\"a\" : [1]}'::json").value(), (json::value{{"a", json::array{1}}}));
    EXPECT_EQ(printed(json::value("gr\xc3\xbc\xc3\x9f")), "\"gr\xc3\xbc\xc3\x9f\"");
}

TEST_F(types, documents_of_any_type) {
    expect_same_everywhere(json_as(item{"cup", {1, 2}}), R"({"name": "cup", "sizes": [1, 2]})", "jsonb");
    EXPECT_EQ(read<json_as<item>>("json_build_object('sizes', array[3], 'name', 'x')").value().value, (item{"x", {3}}));
    EXPECT_TRUE(read<json_as<item>>("'{}'::jsonb").error() == errc::value_out_of_range);
}

} // namespace
