// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/type_catalogue.hpp>

#include <gtest/gtest.h>

namespace {

using pgcoro::detail::type_catalogue;
using pgcoro::detail::user_type;
namespace oids = pgcoro::oids;

user_type type(pgcoro::oid_number oid, std::string schema, std::string name, bool visible) {
    user_type t;
    t.oid = oid;
    t.array = oid + 1;
    t.schema = std::move(schema);
    t.name = std::move(name);
    t.visible = visible;
    return t;
}

user_type domain(pgcoro::oid_number oid, std::string name, pgcoro::oid_number base) {
    auto t = type(oid, "public", std::move(name), true);
    t.base = base;
    t.kind = 'd';
    return t;
}

type_catalogue knowing(std::vector<user_type> types) { return {type_catalogue(), std::move(types)}; }

TEST(type_catalogue, a_visible_type_has_its_name_alone) {
    const auto types = knowing({type(20000, "public", "mood", true)});
    EXPECT_EQ(types.named("mood"), 20000u);
    EXPECT_EQ(types.named("public.mood"), 20000u);
    EXPECT_EQ(types.named("other.mood"), oids::unspecified);
    EXPECT_EQ(types.named("moo"), oids::unspecified);
}

TEST(type_catalogue, a_hidden_type_needs_its_schema) {
    const auto types = knowing({type(20000, "shop", "mood", false)});
    EXPECT_EQ(types.named("mood"), oids::unspecified);
    EXPECT_EQ(types.named("shop.mood"), 20000u);
}

TEST(type_catalogue, names_are_read_as_sql_reads_them) {
    const auto types = knowing({type(20000, "public", "mood", true), type(20010, "My.Shop", "Mo\"od", true)});
    EXPECT_EQ(types.named("Public.MOOD"), 20000u);
    EXPECT_EQ(types.named("\"MOOD\""), oids::unspecified);
    EXPECT_EQ(types.named("\"My.Shop\".\"Mo\"\"od\""), 20010u);
    EXPECT_EQ(types.named("mood.public.x"), oids::unspecified);
    EXPECT_EQ(types.named(""), oids::unspecified);
    EXPECT_EQ(types.named("\""), oids::unspecified);
}

TEST(type_catalogue, a_type_that_was_created_again_replaces_the_old_one) {
    const auto before = knowing({type(20000, "public", "mood", true), type(20010, "public", "other", true)});
    const type_catalogue after(before, {type(20100, "public", "mood", true)});
    EXPECT_EQ(after.named("mood"), 20100u);
    EXPECT_FALSE(after.knows(20000));
    EXPECT_EQ(after.named("other"), 20010u);
}

TEST(type_catalogue, a_type_that_hides_another_replaces_it_too) {
    const auto before = knowing({type(20000, "public", "mood", true)});
    const type_catalogue after(before, {type(20100, "mine", "mood", true)});
    EXPECT_EQ(after.named("mood"), 20100u);
}

TEST(type_catalogue, arrays_of_users_types_and_of_built_in_ones) {
    const auto types = knowing({type(20000, "public", "mood", true)});
    EXPECT_EQ(types.element(20001), 20000u);
    EXPECT_EQ(types.array_of(20000), 20001u);
    EXPECT_EQ(types.element(oids::int4_array), oids::int4);
    EXPECT_EQ(types.element(oids::int4), oids::unspecified);
    EXPECT_EQ(types.element(oids::unspecified), oids::unspecified);
}

TEST(type_catalogue, a_domain_is_what_it_is_made_of) {
    const auto types = knowing({domain(20000, "age", oids::int4), domain(20010, "youth", 20000)});
    EXPECT_EQ(types.base(20010), oids::int4);
    EXPECT_EQ(types.base(oids::text), oids::text);
    EXPECT_EQ(types.base(30000), 30000u);
}

TEST(type_catalogue, a_domain_is_found_by_the_name_of_what_it_is_made_of_and_the_other_way_round) {
    const auto types = knowing({domain(20000, "age", oids::int4), domain(20010, "youth", 20000)});
    EXPECT_TRUE(types.is(20010, "youth"));
    EXPECT_TRUE(types.is(20010, "age"));
    EXPECT_FALSE(types.is(20000, "youth"));
    EXPECT_TRUE(types.is(oids::int4, "age")) << "a column of the domain";
    EXPECT_FALSE(types.is(oids::int8, "age"));
    EXPECT_FALSE(types.is(30000, "age"));
}

TEST(type_catalogue, domains_that_are_made_of_each_other_do_not_keep_it_forever) {
    const auto types = knowing({domain(20000, "a", 20010), domain(20010, "b", 20000)});
    EXPECT_FALSE(types.is(20000, "c"));
    EXPECT_NE(types.base(20000), oids::int4);
}

TEST(type_catalogue, what_the_path_finds_can_be_forgotten_by_itself) {
    const auto before = knowing({type(20000, "public", "mood", true), domain(20010, "age", oids::int4)});
    EXPECT_TRUE(before.has_visibility());
    const auto after = before.without_visibility();
    EXPECT_FALSE(after.has_visibility());
    EXPECT_FALSE(after.knows(20000));
    EXPECT_EQ(after.named("mood"), oids::unspecified);
    EXPECT_EQ(after.named("public.mood"), 20000u);
    EXPECT_EQ(after.base(20010), oids::int4) << "that does not depend on the path";
    EXPECT_EQ(before.named("mood"), 20000u);
    const type_catalogue again(after, {type(20000, "public", "mood", true)});
    EXPECT_EQ(again.named("mood"), 20000u);
    EXPECT_FALSE(again.knows(20010));
}

TEST(type_catalogue, only_what_the_library_knows_by_itself_is_built_in) {
    const type_catalogue types;
    for (const auto built_in : {oids::int4, oids::int4_array, oids::record, oids::record_array, oids::oidvector}) {
        EXPECT_TRUE(types.knows(built_in)) << built_in;
    }
    EXPECT_TRUE(types.knows(3905)) << "int4range[]";
    for (const pgcoro::oid_number other : {0u, 83u, 13000u, 16383u, 16384u, ~0u}) {
        EXPECT_FALSE(types.knows(other)) << other << ": pg_class, those of initdb, users'";
    }
}

TEST(type_catalogue, describes_types_as_sql_has_them) {
    auto array = type(20001, "public", "_mood", true);
    array.element = 20000;
    const auto types = knowing({type(20000, "public", "mood", true), array, type(20010, "shop", "address", false)});
    EXPECT_EQ(types.describe(20000), "mood");
    EXPECT_EQ(types.describe(20001), "mood[]");
    EXPECT_EQ(types.describe(20010), "shop.address");
    EXPECT_EQ(types.describe(20011), "shop.address[]");
    EXPECT_EQ(types.describe(oids::int8_array), "int8[]");
    EXPECT_EQ(types.describe(30000), "type 30000");
}

TEST(type_catalogue, a_label_only_says_what_a_type_is_called_of_which_nothing_is_known) {
    const auto types = knowing({type(20000, "public", "mood", true)}).with_labels({{20000, "old.mood"}, {30000, "shop.size"}});
    EXPECT_EQ(types.describe(20000), "mood");
    EXPECT_EQ(types.describe(30000), "shop.size");
    EXPECT_FALSE(types.knows(30000));
    EXPECT_EQ(types.named("shop.size"), pgcoro::oids::unspecified);
}

} // namespace
