// SPDX-License-Identifier: BSL-1.0
// The bytes of enums, composites and strong types, without a server.
#include "codec.hpp"

#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/types/composite.hpp>
#include <pgcoro/types/enum.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/strong.hpp>
#include <pgcoro/types/text.hpp>

#include <boost/describe/enum.hpp>

#include <gtest/gtest.h>

namespace shop {

enum class mood { sad, fine };
BOOST_DESCRIBE_ENUM(mood, sad, fine)

enum class colour { light_blue, red };

struct item {
    int id;
    std::optional<std::string> name;

    friend bool operator==(const item&, const item&) = default;
};

struct item_id {
    std::int64_t value;

    friend bool operator==(item_id, item_id) = default;
};

} // namespace shop

template <>
struct pgcoro::pg_type<shop::mood> : pgcoro::enum_type<shop::mood> {
    static constexpr std::string_view sql_name = "mood";
};

template <>
struct pgcoro::pg_type<shop::colour> : pgcoro::enum_type<shop::colour> {
    static constexpr std::string_view sql_name = "colour";
    static constexpr pgcoro::enum_label<shop::colour> labels[] = {{shop::colour::light_blue, "light blue"}};
};

template <>
struct pgcoro::pg_type<shop::item> : pgcoro::composite_type<shop::item> {
    static constexpr std::string_view sql_name = "shop.item";
};

template <>
struct pgcoro::pg_type<shop::item_id> : pgcoro::strong_type<&shop::item_id::value> {};

namespace {

using namespace std::string_literals;
using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::detail::type_catalogue;
using pgcoro::detail::user_type;
namespace oids = pgcoro::oids;
using shop::colour;
using shop::item;
using shop::item_id;
using shop::mood;

/// A server with a composite type "shop.item" of an int4 and a varchar.
const type_catalogue& shop_types() {
    static const type_catalogue types = [] {
        user_type t;
        t.oid = 20000;
        t.schema = "shop";
        t.name = "item";
        t.kind = 'c';
        t.attributes = {oids::int4, oids::varchar};
        return type_catalogue(type_catalogue(), {t});
    }();
    return types;
}

template <class T>
errc decode_with(const std::string& bytes, T& out, const type_catalogue& types = shop_types()) {
    const std::vector<char> exact(bytes.begin(), bytes.end()); // on the heap, where a sanitizer sees who reads behind it
    return pgcoro::detail::decode_value(oids::record, as_value({exact.data(), exact.size()}), out, types);
}

const std::string item_bytes = "\0\0\0\2\0\0\0\x17\0\0\0\4\0\0\0\7\0\0\4\x13\0\0\0\3tea"s;

TEST(types_enum, described_enumerators_are_labels) {
    EXPECT_EQ(encode(mood::fine).bytes, "fine");
    mood m{};
    EXPECT_EQ(decode_with("fine", m), errc{});
    EXPECT_EQ(m, mood::fine);
}

TEST(types_enum, labels_that_are_no_identifiers_are_listed) {
    EXPECT_EQ(encode(colour::light_blue).bytes, "light blue");
    colour c{colour::red};
    EXPECT_EQ(decode_with("light blue", c), errc{});
    EXPECT_EQ(c, colour::light_blue);
}

TEST(types_enum, what_is_not_in_the_list_is_refused) {
    EXPECT_EQ(encode(colour::red).failure, errc::unknown_label);
    EXPECT_EQ(encode(static_cast<mood>(7)).failure, errc::unknown_label);
    mood m{};
    EXPECT_EQ(decode_with("furious", m), errc::unknown_label);
    EXPECT_EQ(decode_with("", m), errc::unknown_label);
    EXPECT_EQ(decode_with("fin", m), errc::unknown_label);
}

TEST(types_enum, a_parameter_needs_no_number) {
    pgcoro::parameters values;
    values.push_back(mood::sad);
    EXPECT_FALSE(values.has_named_types());
    EXPECT_EQ(values.oid(0), oids::unspecified);
    EXPECT_STREQ(values.value(0), "sad");
}

TEST(types_strong, is_its_member) {
    EXPECT_EQ(encode(item_id{7}).bytes, encode(std::int64_t{7}).bytes);
    EXPECT_EQ(pgcoro::pg_type<item_id>::oid, oids::int8);
    EXPECT_EQ(pgcoro::pg_type<item_id>::name, "shop::item_id");
    item_id id{};
    EXPECT_EQ(pgcoro::detail::decode_value(oids::int4, as_value("\0\0\0\7"s), id, type_catalogue()), errc{});
    EXPECT_EQ(id.value, 7);
}

TEST(types_composite, is_read_by_position) {
    item i{};
    EXPECT_EQ(decode_with(item_bytes, i), errc{});
    EXPECT_EQ(i, (item{7, "tea"}));
    std::tuple<long, std::string> t;
    EXPECT_EQ(decode_with(item_bytes, t), errc{});
    EXPECT_EQ(t, std::tuple(7L, "tea"s));
}

TEST(types_composite, null_attributes_need_an_optional) {
    item i{7, "tea"};
    EXPECT_EQ(decode_with("\0\0\0\2\0\0\0\x17\0\0\0\4\0\0\0\7\0\0\4\x13\xff\xff\xff\xff"s, i), errc{});
    EXPECT_EQ(i.name, std::nullopt);
    EXPECT_EQ(decode_with("\0\0\0\2\0\0\0\x17\xff\xff\xff\xff\0\0\4\x13\xff\xff\xff\xff"s, i), errc::unexpected_null);
}

TEST(types_composite, other_attributes_are_refused) {
    std::tuple<int> one;
    EXPECT_EQ(decode_with(item_bytes, one), errc::attribute_mismatch);
    std::tuple<int, std::string, int> three;
    EXPECT_EQ(decode_with(item_bytes, three), errc::attribute_mismatch);
    std::tuple<int, int> another_type;
    EXPECT_EQ(decode_with(item_bytes, another_type), errc::attribute_mismatch);
}

TEST(types_composite, what_does_not_fit_is_said) {
    std::string text;
    using one = std::tuple<int>;
    EXPECT_TRUE(pgcoro::pg_type<one>::explain(20000, as_value(item_bytes), shop_types(), text));
    EXPECT_EQ(text, "shop.item has 2 attributes (int4, varchar), std::tuple has 1");
    text.clear();
    using other = std::tuple<int, std::optional<int>>;
    EXPECT_TRUE(pgcoro::pg_type<other>::explain(20000, as_value(item_bytes), shop_types(), text));
    EXPECT_EQ(text, "attribute 2 of shop.item is varchar, which std::int32_t cannot hold");
    EXPECT_FALSE(pgcoro::pg_type<item>::explain(20000, as_value(item_bytes), shop_types(), text));
    for (std::size_t size = 0; size < item_bytes.size(); ++size) {
        const std::vector<char> exact(item_bytes.begin(), item_bytes.begin() + static_cast<std::ptrdiff_t>(size));
        static_cast<void>(pgcoro::pg_type<other>::explain(20000, as_value({exact.data(), size}), shop_types(), text));
    }
}

TEST(types_composite, every_cut_and_every_tail_is_malformed) {
    for (std::size_t size = 0; size < item_bytes.size(); ++size) {
        item i{};
        EXPECT_EQ(decode_with(item_bytes.substr(0, size), i), errc::malformed_value) << size;
    }
    item i{};
    EXPECT_EQ(decode_with(item_bytes + "x", i), errc::malformed_value);
}

TEST(types_composite, a_parameter_gets_its_numbers_when_they_are_known) {
    pgcoro::parameters values;
    values.push_back(item{7, "tea"});
    EXPECT_TRUE(values.has_named_types());
    EXPECT_EQ(values.named_types(), std::vector<std::string_view>{"shop.item"});
    EXPECT_EQ(values.fill_in(type_catalogue()), errc::unknown_type);
    EXPECT_FALSE(values.fill_in(shop_types()));
    EXPECT_EQ(values.oid(0), 20000u);
    EXPECT_EQ(std::string(values.value(0), static_cast<std::size_t>(values.length(0))), item_bytes);
}

TEST(types_composite, copies_of_parameters_get_their_numbers_too) {
    pgcoro::parameters values;
    values.push_back(item{7, "tea"});
    auto copy = values;
    const auto moved = std::move(values);
    EXPECT_TRUE(moved.has_named_types());
    EXPECT_FALSE(copy.fill_in(shop_types()));
    EXPECT_EQ(copy.oid(0), 20000u);
    EXPECT_EQ(moved.oid(0), oids::unspecified);
}

TEST(types_composite, a_parameter_with_other_attributes_says_which) {
    user_type t;
    t.oid = 20000;
    t.schema = "shop";
    t.name = "item";
    t.attributes = {oids::int8, oids::varchar};
    t.attribute_names = {"id", "name"};
    pgcoro::parameters values;
    values.push_back(item{7, "tea"});
    const auto failure = values.fill_in(type_catalogue(type_catalogue(), {t}));
    EXPECT_EQ(failure, errc::attribute_mismatch);
    EXPECT_EQ(failure.message(), "attribute 1 (id) of the composite type \"shop.item\" is int8, but the value is int4");
    t.attributes = {oids::int4, oids::text, oids::bool_};
    t.attribute_names = {"id", "name", "sold"};
    const auto more = values.fill_in(type_catalogue(type_catalogue(), {t}));
    EXPECT_EQ(more, errc::attribute_mismatch);
    EXPECT_EQ(more.message(),
              "the composite type \"shop.item\" has 3 attributes (id int4, name text, sold bool), but the value has 2");
    t.attributes = {oids::int4};
    EXPECT_EQ(values.fill_in(type_catalogue(type_catalogue(), {t})), errc::attribute_mismatch);
}

} // namespace
