// SPDX-License-Identifier: BSL-1.0
// Fields of a rowset as parameters.
#include "fake_result.hpp"

#include <pgcoro/parameters.hpp>
#include <pgcoro/rowset.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace pgcoro::test::sent_fields {
namespace {

using namespace std::string_literals;
using pgcoro::detail::encode_parameters;
using pgcoro::detail::type_catalogue;
using pgcoro::detail::user_type;

/// A server whose types have numbers from `first` on: "shop.mood" and its array, "shop.item" of an int4 and a mood, and a
/// range.
std::shared_ptr<const type_catalogue> server(oid_number first) {
    user_type mood;
    mood.oid = first;
    mood.array = first + 1;
    mood.schema = "shop";
    mood.name = "mood";
    mood.kind = 'e';
    user_type moods;
    moods.oid = first + 1;
    moods.element = first;
    moods.schema = "shop";
    moods.name = "_mood";
    user_type item;
    item.oid = first + 2;
    item.schema = "shop";
    item.name = "item";
    item.kind = 'c';
    item.attributes = {oids::int4, first};
    user_type range;
    range.oid = first + 3;
    range.schema = "shop";
    range.name = "item_range";
    range.kind = 'r';
    range.subtype = first + 2;
    return std::make_shared<const type_catalogue>(type_catalogue(), std::vector{mood, moods, item, range});
}

constexpr oid_number here = 20000;
constexpr oid_number there = 30000;

std::string number(oid_number type) { return big_endian(static_cast<std::int32_t>(type)); }

/// A value with its length.
std::string nested(const std::string& value) { return big_endian(static_cast<std::int32_t>(value.size())) + value; }

std::string array_of_moods(oid_number first) {
    return big_endian(1) + big_endian(0) + number(first) + big_endian(1) + big_endian(1) + nested("fine");
}

std::string item(oid_number first) {
    return big_endian(2) + number(oids::int4) + nested(big_endian(7)) + number(first) + nested("fine");
}

std::string range_of_item(oid_number first) { return "\x12"s + nested(item(first)); } // [item,)

parameters sent(oid_number type, const fake_value& value, int format = 1) {
    const rowset rows(fake_result({{"x", type, format}}, {{value}}), server(here));
    return encode_parameters(rows[0][0]);
}

std::string bytes(const parameters& p, std::size_t i) { return {p.value(i), static_cast<std::size_t>(p.length(i))}; }

TEST(parameters_field, built_in_types_keep_their_number_and_bytes) {
    const auto p = sent(oids::int8, big_endian(std::int64_t{-2}));
    ASSERT_TRUE(p.ok());
    EXPECT_EQ(p.oid(0), oids::int8);
    EXPECT_EQ(p.format(0), 1);
    EXPECT_EQ(bytes(p, 0), big_endian(std::int64_t{-2}));
    EXPECT_FALSE(p.has_named_types());
}

TEST(parameters_field, null_keeps_its_type) {
    const auto p = sent(oids::int8, std::nullopt);
    EXPECT_EQ(p.oid(0), oids::int8);
    EXPECT_EQ(p.value(0), nullptr);
    auto mood = sent(here, std::nullopt);
    EXPECT_FALSE(mood.fill_in(*server(there)));
    EXPECT_EQ(mood.oid(0), there);
    EXPECT_EQ(mood.value(0), nullptr);
}

TEST(parameters_field, what_came_as_text_is_sent_as_text) {
    const auto p = sent(oids::aclitem, "=r/ada", 0);
    EXPECT_EQ(p.oid(0), oids::aclitem);
    EXPECT_EQ(p.format(0), 0);
    EXPECT_STREQ(p.value(0), "=r/ada");
}

TEST(parameters_field, types_of_users_get_the_numbers_of_the_server_they_go_to) {
    const rowset rows(fake_result({{"a", here}, {"b", here + 1}, {"c", here + 2}, {"d", here + 3}},
                                  {{"fine", array_of_moods(here), item(here), range_of_item(here)}}),
                      server(here));
    const auto row = rows[0];
    auto p = encode_parameters(7, row[0], row[1], row[2], row[3]);
    ASSERT_TRUE(p.ok());
    EXPECT_FALSE(p.fill_in(*server(there)));
    EXPECT_EQ(p.oid(1), there);
    EXPECT_EQ(bytes(p, 1), "fine");
    EXPECT_EQ(p.oid(2), there + 1);
    EXPECT_EQ(bytes(p, 2), array_of_moods(there));
    EXPECT_EQ(p.oid(3), there + 2);
    EXPECT_EQ(bytes(p, 3), item(there));
    EXPECT_EQ(p.oid(4), there + 3);
    EXPECT_EQ(bytes(p, 4), range_of_item(there));
}

TEST(parameters_field, each_type_is_asked_for_once_by_schema_and_name) {
    const rowset rows(
        fake_result({{"a", here}, {"b", here + 1}, {"c", here + 2}}, {{"fine", array_of_moods(here), item(here)}}),
        server(here));
    const auto row = rows[0];
    const auto sent = encode_parameters(row[0], row[1], row[2], row[0]);
    auto names = sent.named_types(); // views of what `sent` keeps
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string_view>{"\"shop\".\"item\"", "\"shop\".\"mood\""}));
}

TEST(parameters_field, a_type_that_the_other_server_does_not_have_is_unknown) {
    auto p = sent(here, "fine");
    EXPECT_EQ(p.fill_in(type_catalogue()), errc::unknown_type);
    EXPECT_EQ(sent(here + 99, "?").failure(), errc::unknown_type); // nor does the server that it came from
}

TEST(parameters_field, copies_keep_the_names_when_the_original_is_gone) {
    auto original = std::make_unique<parameters>(sent(here + 2, item(here)));
    auto copy = *original;
    original.reset();
    EXPECT_FALSE(copy.fill_in(*server(there)));
    EXPECT_EQ(bytes(copy, 0), item(there));
}

TEST(parameters_field, malformed_bytes_are_refused) {
    EXPECT_EQ(sent(here + 1, "short").failure(), errc::malformed_value);
    EXPECT_EQ(sent(here + 1, array_of_moods(here) + "more").failure(), errc::malformed_value);
    EXPECT_EQ(sent(here + 2, item(here).substr(0, 20)).failure(), errc::malformed_value);
    EXPECT_EQ(sent(here + 2, big_endian(3) + item(here).substr(4)).failure(), errc::attribute_mismatch);
    EXPECT_EQ(sent(here + 3, "\x02").failure(), errc::malformed_value);
}

TEST(parameters_field, what_does_not_exist_is_refused) {
    const rowset rows(fake_result({{"x", oids::int4}}, {{big_endian(1)}}));
    EXPECT_EQ(encode_parameters(rows[0]["y"]).failure(), errc::no_such_column);
    EXPECT_EQ(encode_parameters(rows[1]["x"]).failure(), errc::no_rows);
}

} // namespace
} // namespace pgcoro::test::sent_fields
