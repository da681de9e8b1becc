// SPDX-License-Identifier: BSL-1.0
// Which changes wait for others, and how they are sent together.
#include "array_statements.hpp"
#include "column_arrays.hpp"
#include "copied_rows.hpp"
#include "pending_changes.hpp"

#include <pgcoro/oids.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace data_sync {
namespace {

namespace oids = pgcoro::oids;

shape_column typed(std::string name, std::uint32_t oid, bool is_key = false) {
    shape_column c;
    c.name = std::move(name);
    c.oid = oid;
    c.is_key = is_key;
    return c;
}

table_shape of_two_keys() {
    return {"public", "T", {typed("a", oids::int4, true), typed("b", oids::text), typed("c", oids::int8, true)}, true};
}

TEST(sync_array_statements, are_over_arrays_of_all_columns) {
    const auto table = of_two_keys();
    EXPECT_EQ(array_insert(table)->text, R"(insert into "public"."T" ("a", "b", "c") overriding system value )"
                                         R"(select * from unnest($1, $2, $3) as v (c0, c1, c2))");
    EXPECT_EQ(array_update(table, {true, true, true})->text,
              R"(update "public"."T" t set "b" = v.c1 from unnest($1, $2, $3) as v (c0, c1, c2) )"
              R"(where t."a" = v.c0 and t."c" = v.c2)");
    const auto removed = array_delete(table);
    EXPECT_EQ(removed->text,
              R"(delete from "public"."T" t using unnest($1, $2) as v (c0, c2) where t."a" = v.c0 and t."c" = v.c2)");
    EXPECT_EQ(removed->types, (std::vector<std::uint32_t>{oids::int4, oids::int8}));
}

TEST(sync_array_statements, are_copy_where_that_does_the_same) {
    auto table = of_two_keys();
    EXPECT_EQ(array_insert(table)->copy_text, "");
    table.may_be_copied = true;
    EXPECT_EQ(array_insert(table)->copy_text, R"(copy "public"."T" ("a", "b", "c") from stdin (format binary))");
    EXPECT_EQ(array_update(table, {true, true, true})->copy_text, "");
    EXPECT_EQ(array_delete(table)->copy_text, "");
}

TEST(sync_array_statements, leave_out_what_was_not_sent_and_what_cannot_be_set) {
    auto table = of_two_keys();
    table.columns.push_back(typed("d", oids::int4));
    table.columns.push_back(typed("e", oids::int4));
    table.columns.back().is_fixed = true;
    const auto s = array_update(table, {true, false, true, true, true});
    EXPECT_EQ(s->text, R"(update "public"."T" t set "d" = v.c3 from unnest($1, $2, $3, $4) as v (c0, c2, c3, c4) )"
                       R"(where t."a" = v.c0 and t."c" = v.c2)");
    EXPECT_FALSE(s->is_whole);
    EXPECT_FALSE(array_update(table, {true, false, true, false, true})); // nothing to set
}

TEST(sync_array_statements, need_a_key_and_types_with_numbers_of_their_own) {
    auto table = of_two_keys();
    table.columns[1].oid = 100'000;
    EXPECT_FALSE(array_insert(table));
    EXPECT_FALSE(array_delete(table));
    EXPECT_FALSE(has_array(oids::int4_array));
    auto keyless = of_two_keys();
    keyless.columns[0].is_key = keyless.columns[2].is_key = false;
    EXPECT_FALSE(array_update(keyless, {true, true, true}));
}

TEST(sync_cells, are_read_one_after_the_other) {
    using namespace std::string_literals;
    const std::string cells = "\0\0\0\2ab"
                              "\xff\xff\xff\xff"
                              "\0\0\0\0"s;
    cell_reader reader(cells);
    EXPECT_EQ(reader.next(), "\0\0\0\2ab"s);
    EXPECT_EQ(reader.next(), "\xff\xff\xff\xff"s);
    EXPECT_EQ(reader.next(), "\0\0\0\0"s);
}

TEST(sync_copied_rows, are_a_file_in_the_binary_format) {
    using namespace std::string_literals;
    array_statement insert;
    insert.columns = std::vector<std::size_t>(258); // 0x0102
    const pending_changes::group inserts{&insert, {{nullptr, "first"}, {nullptr, "second"}}};

    EXPECT_EQ(copied_rows(inserts), "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
                                    "\1\2first"
                                    "\1\2second"
                                    "\377\377"s);
}

class sync_pending : public testing::Test {
protected:
    /// "insert: 1a 2b; delete: 3"
    std::string take() {
        std::string text;
        for (const auto& g : pending.take()) {
            text += (text.empty() ? "" : "; ") + std::string(names.at(g.how)) + ":";
            for (const auto& r : g.rows) {
                text += " " + r.cells;
            }
        }
        return text;
    }

    static array_statement of(change_kind kind, bool is_whole) {
        array_statement s;
        s.kind = kind;
        s.is_whole = is_whole;
        return s;
    }

    pending_changes pending;
    const array_statement insert = of(change_kind::insert, true);
    const array_statement update = of(change_kind::update, true);
    const array_statement part = of(change_kind::update, false);
    const array_statement remove = of(change_kind::remove, false);
    const std::map<const array_statement*, const char*> names{
        {&insert, "insert"}, {&update, "update"}, {&part, "part"}, {&remove, "delete"}};
};

TEST_F(sync_pending, go_in_the_order_in_which_their_kinds_began) {
    EXPECT_TRUE(pending.add(update, "1", "1a"));
    EXPECT_TRUE(pending.add(insert, "2", "2a"));
    EXPECT_TRUE(pending.add(update, "3", "3a"));
    EXPECT_TRUE(pending.add(remove, "4", "4"));
    EXPECT_FALSE(pending.empty());
    EXPECT_EQ(take(), "update: 1a 3a; insert: 2a; delete: 4");
    EXPECT_TRUE(pending.empty());
    EXPECT_TRUE(pending.add(remove, "1", "1"));
    EXPECT_EQ(take(), "delete: 1");
}

TEST_F(sync_pending, an_update_of_a_new_row_makes_it_another_new_row) {
    pending.add(insert, "1", "1a");
    pending.add(insert, "2", "2a");
    EXPECT_TRUE(pending.add(update, "1", "1b"));
    EXPECT_TRUE(pending.add(update, "1", "1c"));
    EXPECT_EQ(take(), "insert: 1c 2a");
}

TEST_F(sync_pending, of_several_updates_the_last_one_counts) {
    pending.add(part, "1", "1-");
    pending.add(part, "2", "2-");
    EXPECT_TRUE(pending.add(part, "1", "1+"));
    EXPECT_TRUE(pending.add(update, "1", "1a"));
    EXPECT_TRUE(pending.add(part, "2", "2+")); // which took the place of the other one
    EXPECT_EQ(take(), "part: 2+; update: 1a");
}

TEST_F(sync_pending, what_is_deleted_is_not_updated_before) {
    pending.add(update, "1", "1a");
    EXPECT_TRUE(pending.add(remove, "1", "1"));
    EXPECT_EQ(take(), "delete: 1");
}

TEST_F(sync_pending, what_cannot_be_combined_waits) {
    pending.add(insert, "1", "1a");
    EXPECT_FALSE(pending.add(part, "1", "1-"));  // it lacks a value
    EXPECT_FALSE(pending.add(remove, "1", "1")); // whether the row could be inserted is to be seen
    EXPECT_FALSE(pending.add(insert, "1", "1b"));
    pending.add(update, "2", "2a");
    EXPECT_FALSE(pending.add(part, "2", "2-"));
    pending.add(remove, "3", "3");
    EXPECT_FALSE(pending.add(insert, "3", "3a"));
    EXPECT_FALSE(pending.add(remove, "3", "3"));
    EXPECT_EQ(take(), "insert: 1a; update: 2a; delete: 3");
}

TEST_F(sync_pending, are_not_too_many) {
    for (int i = 0; !pending.is_full(); ++i) {
        ASSERT_LT(i, 2000);
        pending.add(insert, std::to_string(i), "x");
    }
    take();
    EXPECT_FALSE(pending.is_full());
    pending.add(insert, "1", std::string(1 << 20, 'x'));
    EXPECT_TRUE(pending.is_full());
}

} // namespace
} // namespace data_sync
