// SPDX-License-Identifier: BSL-1.0
#include "lookup_step.hpp"
#include "pipeline.hpp"
#include "steps.hpp"
#include "transformer.hpp"

#include <gtest/gtest.h>

namespace etl {
namespace {

/// A pipeline with these steps, over rows with the columns a, b and c.
class etl_steps : public testing::Test {
protected:
    void declare(const std::string& steps) {
        auto parsed = parse_pipeline(
            "[source]\ntype = \"csv\"\nfile = \"x\"\n" + steps + "\n[target]\ntable = \"t\"\nmode = \"replace\"\n", "p.toml");
        if (const auto* wrong = std::get_if<std::vector<mistake>>(&parsed)) {
            FAIL() << describe(wrong->front(), "p.toml");
        }
        pipeline_ = std::get<pipeline>(std::move(parsed));
        for (const auto& step : pipeline_.steps) {
            if (auto wrong = step->bind(columns_)) {
                mistake_ = *wrong;
                return;
            }
        }
    }
    /// The names of the columns after the steps.
    std::string names() const {
        std::string text;
        for (const auto& name : columns_.names()) {
            text += (text.empty() ? "" : "|") + name;
        }
        return text;
    }
    /// What becomes of a row: "x|y|-", "filtered", or "!column=value: reason".
    std::string take(std::vector<std::optional<std::string>> values) {
        row r;
        r.line = 7;
        r.values = std::move(values);
        for (const auto& step : pipeline_.steps) {
            const auto v = step->apply(r);
            if (std::holds_alternative<filtered>(v)) {
                return "filtered";
            }
            if (const auto* why = std::get_if<problem>(&v)) {
                return "!" + why->column + "=" + why->value.value_or("-") + ": " + why->reason;
            }
        }
        std::string text;
        for (const auto& value : r.values) {
            text += (&value == r.values.data() ? "" : "|") + value.value_or("-");
        }
        return text;
    }

    columns columns_{{"a", "b", "c"}};
    pipeline pipeline_;
    mistake mistake_;
};

TEST_F(etl_steps, rename_changes_a_name_and_no_value) {
    declare("[[step]]\nrename = \"b\"\nto = \"d\"");
    EXPECT_EQ(names(), "a|d|c");
    EXPECT_EQ(take({"1", "2", "3"}), "1|2|3");
}

TEST_F(etl_steps, drop_removes_columns) {
    declare("[[step]]\ndrop = [\"a\", \"c\"]");
    EXPECT_EQ(names(), "b");
    EXPECT_EQ(take({"1", "2", "3"}), "2");
}

TEST_F(etl_steps, default_replaces_null_and_nothing_else) {
    declare("[[step]]\ndefault = \"b\"\nvalue = \"x\"");
    EXPECT_EQ(take({"1", std::nullopt, "3"}), "1|x|3");
    EXPECT_EQ(take({"1", "", "3"}), "1||3");
}

TEST_F(etl_steps, default_adds_a_column_that_is_missing) {
    declare("[[step]]\ndefault = \"d\"\nvalue = \"\"");
    EXPECT_EQ(names(), "a|b|c|d");
    EXPECT_EQ(take({"1", "2", "3"}), "1|2|3|");
}

TEST_F(etl_steps, split_gives_the_rest_to_the_last_column) {
    declare("[[step]]\nsplit = \"b\"\nby = \", \"\ninto = [\"d\", \"b\"]");
    EXPECT_EQ(names(), "a|c|d|b");
    EXPECT_EQ(take({"1", "x, y, z", "3"}), "1|3|x|y, z");
    EXPECT_EQ(take({"1", "x", "3"}), "1|3|x|-");
    EXPECT_EQ(take({"1", std::nullopt, "3"}), "1|3|-|-");
    EXPECT_EQ(take({"1", ", ", "3"}), "1|3||");
}

TEST_F(etl_steps, filter_keeps_listed_values) {
    declare("[[step]]\nfilter = \"a\"\nin = [\"x\", \"y\"]");
    EXPECT_EQ(take({"y", "2", "3"}), "y|2|3");
    EXPECT_EQ(take({"z", "2", "3"}), "filtered");
    EXPECT_EQ(take({std::nullopt, "2", "3"}), "filtered");
}

TEST_F(etl_steps, filter_leaves_out_listed_values) {
    declare("[[step]]\nfilter = \"a\"\nnot_in = \"x\"");
    EXPECT_EQ(take({"x", "2", "3"}), "filtered");
    EXPECT_EQ(take({std::nullopt, "2", "3"}), "-|2|3");
}

TEST_F(etl_steps, filter_looks_for_null) {
    declare("[[step]]\nfilter = \"a\"\nnull = false\n[[step]]\nfilter = \"b\"\nnull = true");
    EXPECT_EQ(take({"1", std::nullopt, "3"}), "1|-|3");
    EXPECT_EQ(take({std::nullopt, std::nullopt, "3"}), "filtered");
    EXPECT_EQ(take({"1", "2", "3"}), "filtered");
}

TEST_F(etl_steps, cast_converts_or_rejects) {
    declare("[[step]]\ncast = \"a\"\ntype = \"date\"\nformat = \"DD.MM.YYYY\"\n"
            "[[step]]\ncast = \"b\"\ntype = \"numeric\"\ndecimal = \",\"\nthousands = \".\"\n"
            "[[step]]\ncast = \"c\"\ntype = \"boolean\"\ntrue = [\"yes\"]\nfalse = [\"no\"]");
    EXPECT_EQ(take({"31.12.2026", "1.000,5", "yes"}), "2026-12-31|1000.5|true");
    EXPECT_EQ(take({std::nullopt, std::nullopt, "no"}), "-|-|false");
    EXPECT_EQ(take({"soon", "1", "no"}), "!a=soon: not a date in the format DD.MM.YYYY");
    EXPECT_EQ(take({"01.01.2026", "1,000.5", "no"}), "!b=1,000.5: not a number in the declared format");
    EXPECT_EQ(take({"01.01.2026", "1", "Yes"}), "!c=Yes: not one of the words declared for true and false");
}

TEST_F(etl_steps, lookup_adds_columns_by_key) {
    declare("[[step]]\nlookup = \"select 1\"\nmatch = { a = \"k\", c = \"l\" }\nadd = [\"d\"]");
    auto& lookup = *pipeline_.lookups.at(0);
    EXPECT_EQ(lookup.needed(), (std::vector<std::string>{"k", "l", "d"}));
    EXPECT_TRUE(lookup.add({"1", "3", "found"}));
    EXPECT_TRUE(lookup.add({"1", std::nullopt, "never"}));
    EXPECT_FALSE(lookup.add({"1", "3", "again"}));

    EXPECT_EQ(names(), "a|b|c|d");
    EXPECT_EQ(take({"1", "2", "3"}), "1|2|3|found");
    EXPECT_EQ(take({"1", "2", "4"}), "!a=1: the lookup has no row for it");
    EXPECT_EQ(take({"1", "2", std::nullopt}), "!a=1: the lookup has no row for it");
}

TEST_F(etl_steps, lookup_gives_null_if_it_may) {
    declare("[[step]]\nlookup = \"select 1\"\nmatch = { a = \"k\" }\nadd = [\"d\", \"e\"]\nmissing = \"null\"");
    EXPECT_EQ(take({"1", "2", "3"}), "1|2|3|-|-");
}

TEST_F(etl_steps, steps_are_taken_in_order) {
    declare("[[step]]\nrename = \"a\"\nto = \"d\"\n[[step]]\ndrop = \"b\"\n[[step]]\ndefault = \"d\"\nvalue = \"x\"");
    EXPECT_EQ(names(), "d|c");
    EXPECT_EQ(take({std::nullopt, "2", "3"}), "x|3");
}

TEST_F(etl_steps, a_column_that_is_not_there_is_a_mistake_with_its_position) {
    declare("[[step]]\nrename = \"a\"\nto = \"d\"\n[[step]]\nfilter = \"a\"\nnull = true");
    EXPECT_EQ(describe(mistake_, "p.toml"), "p.toml:8:10: the rows have no column \"a\" at this step; they have: d, b, c");
}

TEST_F(etl_steps, a_column_that_is_there_already_is_a_mistake) {
    declare("[[step]]\nrename = \"a\"\nto = \"b\"");
    EXPECT_EQ(describe(mistake_, "p.toml"), "p.toml:6:6: the rows already have a column \"b\"");
}

TEST_F(etl_steps, what_is_no_text_is_rejected) {
    declare("");
    transformer t(pipeline_, columns_.names());
    row bad;
    bad.values = {"1", "\xFF", "3"};
    row zero;
    zero.values = {"1", std::string("x\0y", 3), "3"};
    row good;
    good.line = 3;
    good.values = {"1", std::nullopt, "tab\t"};

    EXPECT_EQ(std::get<problem>(t.take(bad)).column, "b");
    EXPECT_EQ(std::get<problem>(t.take(zero)).column, "b");
    EXPECT_EQ(std::get<std::string_view>(t.take(good)), "3\t1\t\\N\ttab\\t\n");
}

} // namespace
} // namespace etl
