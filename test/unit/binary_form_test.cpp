// SPDX-License-Identifier: BSL-1.0
// Values from text to their binary form. What the server prints is tried in the integration tests; this is about what it does
// not print.
#include "types/array_literal.hpp"

#include <pgcoro/detail/binary_form.hpp>
#include <pgcoro/oids.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace {

using pgcoro::array_dimension;
using pgcoro::errc;
namespace detail = pgcoro::detail;
namespace oids = pgcoro::oids;

errc form(pgcoro::oid_number type, std::string_view text) {
    detail::byte_buffer bytes;
    pgcoro::value_writer out(bytes);
    return write_binary_form(type, text, detail::built_in_types(), out);
}

struct written {
    pgcoro::oid_number type;
    const char* text;
};

class malformed_text : public ::testing::TestWithParam<written> {};

TEST_P(malformed_text, is_refused) { EXPECT_EQ(form(GetParam().type, GetParam().text), errc::malformed_value); }

INSTANTIATE_TEST_SUITE_P(
    values, malformed_text,
    ::testing::Values(written{oids::bool_, "true"}, written{oids::int2, "32768"}, written{oids::int4, "1 "},
                      written{oids::int4, ""}, written{oids::oid, "-1"}, written{oids::float8, "1,5"},
                      written{oids::numeric, "1.5x"}, written{oids::bytea, "\\x0"}, written{oids::bytea, "\\xzz"},
                      written{oids::bytea, "\\12"}, written{oids::uuid, "a0eebc99"}, written{oids::char_, "ab"},
                      written{oids::date, "29/02/2024"}, written{oids::date, "2024-02"}, written{oids::timestamp, "2024-02-29"},
                      written{oids::timestamptz, "2024-02-29 00:00:00"}, written{oids::time, "12:00"},
                      written{oids::timetz, "12:00:00"}, written{oids::pg_lsn, "16"}, written{oids::tid, "(1)"},
                      written{oids::int2vector, "1 x"}, written{oids::int4_array, "{1,x}"}));

class malformed_array : public ::testing::TestWithParam<const char*> {};

TEST_P(malformed_array, is_refused) {
    detail::array_literal literal;
    EXPECT_FALSE(literal.parse(GetParam(), ','));
}

INSTANTIATE_TEST_SUITE_P(texts, malformed_array,
                         ::testing::Values("", "1", "{", "{1", "{1,", "{1,}", "{,1}", "{\"a", "{\"a\\", "{1}}", "{1} ",
                                           "{{1},2}", "{1,{2}}", "{{1,2},{3}}", "[1:2]{1,2}", "[2:1]={}", "[1:1]={{1}}",
                                           "[1:x]={1}", "{{{{{{{1}}}}}}}"));

TEST(array_literal, elements_nulls_and_quotes) {
    detail::array_literal literal;
    ASSERT_TRUE(literal.parse(R"({a,NULL,"NULL","b \"c\" \\ {,}",null})", ','));
    const std::vector<std::optional<std::string>> expected{"a", std::nullopt, "NULL", "b \"c\" \\ {,}", "null"};
    EXPECT_TRUE(std::ranges::equal(literal.elements(), expected));
    EXPECT_TRUE(literal.has_nulls());
}

TEST(array_literal, dimensions_and_bounds) {
    detail::array_literal literal;
    ASSERT_TRUE(literal.parse("[0:1][-2:0]={{1,2,3},{4,5,6}}", ','));
    const std::vector<array_dimension> expected{{2, 0}, {3, -2}};
    EXPECT_TRUE(std::ranges::equal(literal.dimensions(), expected));
    detail::array_literal empty;
    ASSERT_TRUE(empty.parse("{}", ','));
    EXPECT_TRUE(empty.dimensions().empty());
}

TEST(binary_form, a_name_is_no_number) {
    EXPECT_EQ(form(oids::regclass, "pg_class"), errc::type_mismatch);
    EXPECT_EQ(form(oids::aclitem, "a=r/b"), errc::type_mismatch);
}

} // namespace
