// SPDX-License-Identifier: BSL-1.0
// The SQL of changes.
#include "apply_statements.hpp"

#include <gtest/gtest.h>

namespace data_sync {
namespace {

using columns = std::vector<std::size_t>;

shape_column column(std::string name, bool is_key = false) {
    shape_column c;
    c.name = std::move(name);
    c.type = "integer";
    c.is_key = is_key;
    return c;
}

table_shape with_key() { return {"public", "Items", {column("id", true), column("a"), column("b")}}; }
table_shape without_key() { return {"public", "bag", {column("a"), column("b")}}; }

TEST(sync_statements, insert_all_values) {
    const auto s = insert_statement(with_key(), conflict_policy::error);
    EXPECT_EQ(s.text, R"(insert into "public"."Items" ("id", "a", "b") overriding system value values ($1, $2, $3))");
    EXPECT_EQ(s.of_new, (columns{0, 1, 2}));
    EXPECT_TRUE(s.of_old.empty());
}

TEST(sync_statements, insert_nothing_that_is_there_already) {
    EXPECT_TRUE(insert_statement(with_key(), conflict_policy::skip).text.ends_with(" on conflict do nothing"));
}

TEST(sync_statements, overwrite_a_row_that_is_there_already) {
    const auto s = insert_statement(with_key(), conflict_policy::overwrite);
    EXPECT_EQ(s.text, R"(with present as (update "public"."Items" set "a" = $2, "b" = $3 where "id" = $1 returning 1) )"
                      R"(insert into "public"."Items" ("id", "a", "b") overriding system value )"
                      R"(select $1::integer, $2::integer, $3::integer where not exists (select from present))");
    EXPECT_FALSE(s.inserts_missing);
}

TEST(sync_statements, update_what_was_sent_only) {
    const auto s = update_statement(with_key(), conflict_policy::error, {true, false, true}, false);
    EXPECT_EQ(s.text, R"(update "public"."Items" set "b" = $1 where "id" = $2)");
    EXPECT_EQ(s.of_new, (columns{2, 0}));
}

TEST(sync_statements, update_the_key_of_the_row_that_has_the_old_one) {
    const auto s = update_statement(with_key(), conflict_policy::error, {true, true, true}, true);
    EXPECT_EQ(s.text, R"(update "public"."Items" set "id" = $1, "a" = $2, "b" = $3 where "id" = $4)");
    EXPECT_EQ(s.of_new, (columns{0, 1, 2}));
    EXPECT_EQ(s.of_old, (columns{0}));
}

TEST(sync_statements, insert_a_row_that_is_missing_unless_a_value_was_not_sent) {
    const auto whole = update_statement(with_key(), conflict_policy::overwrite, {true, true, true}, true);
    EXPECT_TRUE(whole.inserts_missing);
    EXPECT_TRUE(whole.text.starts_with(
        R"(with present as (update "public"."Items" set "id" = $1, "a" = $2, "b" = $3 where "id" = $4 returning 1) insert)"));
    EXPECT_FALSE(update_statement(with_key(), conflict_policy::overwrite, {true, true, false}, true).inserts_missing);
}

TEST(sync_statements, need_the_row_though_nothing_of_it_changes) {
    const table_shape key_only{"s", "t", {column("id", true)}};
    EXPECT_EQ(update_statement(key_only, conflict_policy::error, {true}, false).text,
              R"(update "s"."t" set "id" = "id" where "id" = $1)");
}

TEST(sync_statements, leave_columns_that_are_always_generated) {
    auto shape = with_key();
    shape.columns[0].is_fixed = true;
    EXPECT_EQ(update_statement(shape, conflict_policy::error, {true, true, true}, true).text,
              R"(update "public"."Items" set "a" = $1, "b" = $2 where "id" = $3)");
}

TEST(sync_statements, change_one_of_the_rows_that_are_the_same) {
    const auto s = delete_statement(without_key());
    EXPECT_EQ(s.text, R"(delete from "public"."bag" where (tableoid, ctid) = (select x.tableoid, x.ctid from "public"."bag" x )"
                      R"(where row(x."a", x."b")::record *= row($1::integer, $2::integer)::record limit 1))");
    EXPECT_EQ(s.of_old, (columns{0, 1}));
}

TEST(sync_statements, truncate_several_tables_together) {
    EXPECT_EQ(truncate_statement({"a", "b"}, true), "truncate a, b restart identity");
    EXPECT_EQ(truncate_statement({"a", "b"}, false), "truncate a, b");
}

} // namespace
} // namespace data_sync
