// SPDX-License-Identifier: BSL-1.0
// Mapping rules, and what a plan makes of them.
#include "failure.hpp"
#include "model.hpp"
#include "rules.hpp"
#include "source.hpp"

#include <gtest/gtest.h>

namespace migrate {
namespace {

std::string mistake_of(std::string_view toml) {
    mapping_rules rules;
    const auto done = add_rules(rules, toml, "rules.toml");
    return done ? "" : done.error().message();
}

TEST(rules, come_from_a_file_and_from_options) {
    mapping_rules rules;
    ASSERT_TRUE(add_rules(
        rules, "schema = \"s\"\nskip = [\"a\", \"b.c\"]\n[columns]\n\"t.x\" = \"int\"\n[types]\n\"tinyint(1)\" = \"boolean\"\n",
        "rules.toml"));
    ASSERT_TRUE(add_rule(rules, "t.y=numeric(8,2)"));
    ASSERT_TRUE(add_rule(rules, "t.x=bigint")); // the later one counts
    EXPECT_EQ(rules.schema, "s");
    EXPECT_EQ(rules.skipped, (std::set<std::string>{"a", "b.c"}));
    EXPECT_EQ(rules.columns.at("t.x"), "bigint");
    EXPECT_EQ(rules.columns.at("t.y"), "numeric(8,2)");
    EXPECT_EQ(rules.types.at("tinyint(1)"), "boolean");
}

TEST(rules, mistakes_have_a_place) {
    EXPECT_TRUE(mistake_of("x = ").starts_with("rules.toml:1:"));
    EXPECT_EQ(mistake_of("\nnothing = 1"), "rules.toml:2:1: there is no rule \"nothing\" with such a value");
    EXPECT_EQ(mistake_of("skip = 1"), "rules.toml:1:8: an array of names is expected");
    EXPECT_EQ(mistake_of("skip = [1]"), "rules.toml:1:9: a name is expected");
    EXPECT_EQ(mistake_of("[columns]\nx = 1"), "rules.toml:2:5: a type is expected");
    EXPECT_EQ(mistake_of("columns = 1"), "rules.toml:1:11: a table is expected");
    mapping_rules rules;
    for (const char* wrong : {"t.x", "t.x=", "x=int", ""}) {
        EXPECT_FALSE(add_rule(rules, wrong)) << wrong;
    }
}

/// Has no type for "strange".
class no_source final : public source {
public:
    std::string description() const override { return "none"; }
    pgcoro::task<> open() override { co_return pgcoro::success(); }
    pgcoro::task<schema> read_schema() override { co_return schema(); }
    pgcoro::result<column_mapping> map_type(const table&, const column& c,
                                            const std::optional<std::string>& type) const override {
        if (!type && c.type.base == "strange") {
            return fail(failure::cannot_map, "there is no type for it");
        }
        return mapping_to(type.value_or(c.type.text));
    }
    pgcoro::task<std::vector<std::unique_ptr<table_reader>>> open_readers(unsigned) override {
        co_return std::vector<std::unique_ptr<table_reader>>();
    }
    std::string snapshot_id() const override { return {}; }
};

class planning : public testing::Test {
protected:
    planning() {
        table t = table_named("t");
        t.columns = {column_named("a", "int"), column_named("b", "strange")};
        t.columns[0].default_value = expression{"f()", ""};
        table other = table_named("other");
        other.columns = {column_named("a", "int")};
        foreign_key f;
        f.name = "f";
        f.referenced = t.name;
        other.foreign_keys = {f};
        schema_.tables = {t, other};
    }

    no_source source_;
    schema schema_;
    mapping_rules rules_;
};

TEST_F(planning, what_has_no_type_must_be_decided) {
    const auto plan = make_plan(source_, schema_, rules_).value();
    ASSERT_EQ(plan.obstacles.size(), 1u);
    EXPECT_EQ(plan.obstacles[0].object, "table shop.t, column b");
    ASSERT_EQ(plan.notes.size(), 1u);
    EXPECT_EQ(plan.notes[0].text, "the default is left out: f()");
}

TEST_F(planning, rules_decide_it) {
    rules_.types["strange"] = "text";
    rules_.columns["shop.t.a"] = "bigint";
    rules_.schema = "New";
    const auto plan = make_plan(source_, schema_, rules_).value();
    EXPECT_TRUE(plan.obstacles.empty());
    EXPECT_EQ(plan.tables[0].target, (object_name{"New", "t"}));
    EXPECT_EQ(plan.tables[0].columns[0].mapping.type, "bigint");
    EXPECT_EQ(plan.tables[0].columns[1].mapping.type, "text");
}

TEST_F(planning, references_to_skipped_tables_are_listed) {
    rules_.skipped = {"shop.t"};
    const auto plan = make_plan(source_, schema_, rules_).value();
    ASSERT_EQ(plan.tables.size(), 1u);
    ASSERT_EQ(plan.notes.size(), 2u);
    EXPECT_EQ(plan.notes[1].text, "left out: the table shop.t is not migrated");
}

TEST_F(planning, rules_for_what_is_not_there_are_wrong) {
    rules_.columns["t.missing"] = "int";
    EXPECT_EQ(make_plan(source_, schema_, rules_).error().message(), "the source has no column t.missing");
}

TEST_F(planning, a_partition_has_the_types_of_its_table) {
    table part = table_named("part");
    part.parent = schema_.tables[1].name;
    part.columns = {column_named("a", "int")};
    schema_.tables.push_back(part);
    rules_.columns["other.a"] = "bigint";
    EXPECT_EQ(make_plan(source_, schema_, rules_).value().tables[2].columns[0].mapping.type, "bigint");

    rules_.columns["part.a"] = "int";
    EXPECT_EQ(make_plan(source_, schema_, rules_).error().message(),
              "the source has no column part.a with a type of its own: it is a partition's");
}

TEST_F(planning, a_partition_has_the_generated_columns_of_its_table) {
    table whole = table_named("whole");
    whole.columns = {column_named("same", "int"), column_named("ordinary", "int"), column_named("other", "int")};
    whole.columns[0].generated = whole.columns[2].generated = expression{"1", "1"};
    table part = whole;
    part.name.name = "part";
    part.parent = whole.name;
    part.columns[1].generated = part.columns[2].generated = expression{"2", "2"};
    table of_part = part;
    of_part.name.name = "of_part";
    of_part.parent = part.name;
    schema_.tables = {whole, part, of_part};

    const auto plan = make_plan(source_, schema_, rules_).value();

    std::string notes;
    for (const note& n : plan.notes) {
        notes += n.object + " " + n.text + "\n";
    }
    std::string expected;
    for (const std::string name : {"part", "of_part"}) {
        expected +=
            "table shop." + name +
            ", column ordinary becomes an ordinary column with the values that are there, as it is one in shop.whole: it "
            "was generated as 2\ntable shop." +
            name + ", column other is generated as that of shop.whole is, which may give other values: it was generated as 2\n";
    }
    EXPECT_EQ(notes, expected);
    for (const table_plan& t : plan.tables) {
        EXPECT_TRUE(t.columns[0].is_generated && t.columns[2].is_generated) << t.target.name;
        EXPECT_FALSE(t.columns[1].is_generated) << t.target.name;
    }
}

TEST_F(planning, names_of_system_columns_are_told) {
    schema_.tables[1].columns[0].name = "xmin";
    const auto plan = make_plan(source_, schema_, rules_).value();
    ASSERT_EQ(plan.obstacles.size(), 2u);
    EXPECT_EQ(plan.obstacles[1].text, "every table of PostgreSQL has a system column of this name");
}

TEST_F(planning, what_needs_a_table_that_is_not_migrated_is_listed) {
    schema_.prerequisites = {{"function", {"shop", "f(t)"}, "create f", "", "", {{"shop", "t"}}}};
    rules_.skipped = {"t"};
    const auto plan = make_plan(source_, schema_, rules_).value();
    EXPECT_EQ(plan.notes.back().object, "function shop.f(t)");
    EXPECT_EQ(plan.notes.back().text, "is not migrated: it needs shop.t, which is not migrated");
}

TEST_F(planning, names_that_are_too_long_are_told) {
    schema_.tables[1].columns[0].name = std::string(64, 'x');
    EXPECT_EQ(make_plan(source_, schema_, rules_).value().obstacles.size(), 2u);
}

TEST(target_type, is_known_by_one_name) {
    EXPECT_EQ(base_type("INT4"), "integer");
    EXPECT_EQ(base_type("character varying(20)"), "varchar");
    EXPECT_EQ(base_type("timestamp(3) with time zone"), "timestamptz");
    EXPECT_EQ(base_type("numeric(8, 2)"), "numeric");
    EXPECT_EQ(base_type("\"My\".\"Type\""), "\"My\".\"Type\"");
    EXPECT_TRUE(mapping_to("numeric(3)").is_number);
    EXPECT_EQ(mapping_to("float4").canonical, canonical_form::float_bits);
}

} // namespace
} // namespace migrate
