// SPDX-License-Identifier: BSL-1.0
// Types of the extensions that come with PostgreSQL.
#include "types_fixture.hpp"

#include <pgcoro/types/hstore.hpp>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::hstore;
using pgcoro::ltree;

class types_extension : public types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        ASSERT_TRUE(run(connection_.execute("set client_min_messages = warning")));
        for (const char* name : {"hstore", "ltree", "citext"}) {
            const auto made =
                run(connection_.execute(pgcoro::unchecked_sql(std::string("create extension if not exists ") + name)));
            ASSERT_TRUE(made) << made.error();
        }
    }
};

TEST_F(types_extension, hstore_keeps_keys_values_and_nulls) {
    const hstore value{{{"a", "1"}, {"b", std::nullopt}, {"", "x y"}}};
    EXPECT_EQ(printed(value), R"(""=>"x y", "a"=>"1", "b"=>NULL)");
    EXPECT_EQ(read<hstore>("'a=>1, b=>NULL, \"\"=>\"x y\"'::hstore").value(), value);
    EXPECT_EQ(run(connection_.fetch_one<hstore>("select $1", value)).value(), value);
    EXPECT_EQ(read<hstore>("''::hstore").value(), hstore());
    EXPECT_EQ(read<std::optional<hstore>>("null::hstore").value(), std::nullopt);
}

TEST_F(types_extension, all_are_in_arrays_and_composites) {
    expect_same_everywhere(hstore{{{"a", "1"}, {"b", std::nullopt}}}, R"("a"=>"1", "b"=>NULL)", "hstore");
    expect_same_everywhere(ltree("top.science"), "top.science", "ltree");
}

TEST_F(types_extension, ltree_is_its_labels) {
    const ltree path("top.science");
    EXPECT_EQ(printed(path), "top.science");
    EXPECT_EQ(read<ltree>("'top.science'::ltree").value(), path);
    EXPECT_TRUE(run(connection_.fetch_one<bool>("select $1 @> 'top.science.astronomy'::ltree", path)).value());
}

TEST_F(types_extension, citext_is_text) {
    EXPECT_EQ(read<std::string>("'Ab'::citext").value(), "Ab");
    EXPECT_TRUE(run(connection_.fetch_one<bool>("select 'Ab'::citext = $1", "aB")).value());
    expect_text_everywhere("Ab", "citext");
}

TEST_F(types_extension, a_column_of_another_type_is_a_mismatch) {
    const auto r = run(connection_.fetch_one<hstore>("select 'a'::ltree as path"));
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().message(), "column 1 \"path\" (ltree) cannot be read into pgcoro::hstore");
}

} // namespace
