// SPDX-License-Identifier: BSL-1.0
// What counts as a difference, and how it is shown.
#include "comparison.hpp"
#include "model.hpp"
#include "report.hpp"
#include "sums_json.hpp"
#include "sums_query.hpp"

#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

namespace migrate {
namespace {

class comparison : public testing::Test {
protected:
    comparison() {
        table t = table_named("t");
        t.columns = {column_named("Id", "bigint"), column_named("x", "double precision"), column_named("j", "jsonb")};
        t.columns[0].is_required = true;
        t.primary_key = key{"", {"Id"}, ""};
        schema_.tables = {t};
        plan_ = plan_of(schema_);
        plan_.tables[0].columns[2].mapping.canonical = canonical_form::none;
        sums_.rows = 2;
        sums_.columns = {{2, "10", "3"}, {1, "20", ""}, {2, "", ""}};
        sums_.row_checksum = "30";
        sums_.sample = {{"1", "3ff0000000000000", "{}"}, {"2", std::nullopt, "[]"}};
    }

    const table_plan& t() const { return plan_.tables[0]; }

    schema schema_;
    migration_plan plan_;
    table_sums sums_;
};

TEST_F(comparison, equal_sums_are_equal) { EXPECT_TRUE(compare(t(), sums_, sums_).empty()); }

TEST_F(comparison, every_difference_is_found) {
    table_sums other = sums_;
    other.rows = 3;
    other.columns[0] = {3, "11", "4"};
    other.columns[1].checksum = "21";
    other.columns[2].values = 1;
    other.row_checksum = "31";
    const auto found = compare(t(), sums_, other);
    ASSERT_EQ(found.size(), 7u);
    EXPECT_EQ(found[3].column, "Id");
    EXPECT_EQ(found[3].what, "sum");
    EXPECT_EQ(found[3].source, "3");
    EXPECT_EQ(found[3].target, "4");
}

TEST_F(comparison, sums_are_the_same_after_json) {
    const auto again = sums_from_json(to_json(sums_));
    ASSERT_TRUE(again);
    EXPECT_TRUE(compare(t(), sums_, *again).empty());
    EXPECT_EQ(again->sample, sums_.sample);
    EXPECT_FALSE(sums_from_json(boost::json::object{{"rows", 1}}));
    EXPECT_FALSE(sums_from_json(nullptr));
}

TEST_F(comparison, sample_is_looked_up_by_the_key) {
    const auto key = sample_key(t());
    EXPECT_EQ(key, (std::vector<std::size_t>{0}));
    EXPECT_EQ(
        sample_query(t(), key, sums_.sample),
        "select array[\"Id\"::text, encode(float8send(\"x\"), 'hex'), \"j\"::text] from only \"shop\".\"t\" where (\"Id\") in "
        "(('1'::bigint), ('2'::bigint))");
    schema_.tables[0].primary_key.reset();
    EXPECT_TRUE(sample_key(t()).empty());
}

TEST_F(comparison, sample_is_not_looked_up_by_a_key_that_may_be_null) {
    schema_.tables[0].primary_key = key{"", {"x"}, ""}; // is not compared by its text
    plan_.tables[0].columns[1].mapping.canonical = canonical_form::float_bits;
    schema_.tables[0].uniques = {key{"", {"Id"}, ""}};
    EXPECT_EQ(sample_key(t()), (std::vector<std::size_t>{0}));

    schema_.tables[0].columns[0].is_required = false;
    EXPECT_TRUE(sample_key(t()).empty());

    schema_.tables[0].primary_key = key{"", {"Id"}, ""}; // as of SQLite, which does not say NOT NULL
    EXPECT_EQ(sample_key(t()), (std::vector<std::size_t>{0}));
}

TEST_F(comparison, rows_without_a_key_are_not_looked_up) {
    const std::vector<sample_row> rows{{"1", "a"}, {std::nullopt, "b"}, {"3", std::nullopt}};

    EXPECT_EQ(rows_with_key(rows, {0}), (std::vector<sample_row>{rows[0], rows[2]}));
    EXPECT_EQ(rows_with_key(rows, {0, 1}), (std::vector<sample_row>{rows[0]}));
    EXPECT_TRUE(rows_with_key({rows[1]}, {0}).empty());
}

TEST_F(comparison, whole_rows_are_compared_but_for_what_cannot_be) {
    std::vector<sample_row> other{{"2", "3ff0000000000000", "changed"}};
    const auto found = compare_sample(t(), {0}, sums_.sample, other);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].what, "row with Id 1");
    EXPECT_EQ(found[0].target, "is missing");
    EXPECT_EQ(found[1].column, "x");
    EXPECT_EQ(found[1].source, "NULL");
}

TEST_F(comparison, long_values_are_shortened_between_characters) {
    std::string value = "x";
    for (int i = 0; i < 100; ++i) {
        value += "\xC3\xA9";
    }
    const std::vector<sample_row> source{{"1", value, {}}};
    const std::vector<sample_row> target{{"1", "y", {}}};
    const auto found = compare_sample(t(), {0}, source, target);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(found[0].source.ends_with("\xA9..."));
}

TEST_F(comparison, sums_are_read_from_what_the_query_gives) {
    const auto read = read_sums(t(), {"2", "2", "10", "3", "1", "20", "", "2", "", "", "30"});
    ASSERT_TRUE(read);
    EXPECT_TRUE(compare(t(), sums_, read.value()).empty());
    EXPECT_FALSE(read_sums(t(), {}));
    EXPECT_FALSE(read_sums(t(), {"x", "2", "10", "3", "1", "20", "", "2", "", "", "30"}));
}

TEST(report_page, shows_names_as_text) {
    report r;
    r.title = "migration";
    table_report t;
    t.source = "<script>\"&";
    t.is_compared = true;
    t.differences = {{"<b>", "rows", "1", "2"}};
    r.tables = {t};
    r.notes = {{"<i>", "note"}};
    const std::string page = to_html(r);
    EXPECT_EQ(page.find("<script>"), std::string::npos);
    EXPECT_EQ(page.find("<b>"), std::string::npos);
    EXPECT_EQ(page.find("<i>"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt;&quot;&amp;"), std::string::npos);
    EXPECT_NE(page.find("Tables that differ: 1"), std::string::npos);
}

TEST(report_text, names_what_became_null) {
    report r;
    r.title = "migration";
    table_report t;
    t.target = "public.t";
    t.replaced = {{"n", 3, "row 1: why"}};
    r.tables = {t};
    EXPECT_NE(to_text(r).find("column n: 3 values became NULL; the first: row 1: why"), std::string::npos);
    EXPECT_EQ(r.replaced_values(), 3u);
    EXPECT_NE(to_text(r).find("no tables were compared"), std::string::npos);
}

} // namespace
} // namespace migrate
