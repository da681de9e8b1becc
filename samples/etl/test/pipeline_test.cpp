// SPDX-License-Identifier: BSL-1.0
// Each mistake in a pipeline file is told with its line and column.
#include "pipeline.hpp"

#include <gtest/gtest.h>

namespace etl {
namespace {

const std::string source = "[source]\ntype = \"csv\"\nfile = \"a.csv\"\n"; // lines 1 to 3
const std::string target = "[target]\ntable = \"t\"\nmode = \"upsert\"\nkey = [\"id\"]\n";

/// "4:1: what", one in a line.
std::string mistakes(const std::string& text, const std::string& file = "p.toml") {
    const auto parsed = parse_pipeline(text, file);
    std::string all;
    if (const auto* wrong = std::get_if<std::vector<mistake>>(&parsed)) {
        for (const auto& m : *wrong) {
            all +=
                (all.empty() ? "" : "\n") + std::to_string(m.where.line) + ":" + std::to_string(m.where.column) + ": " + m.text;
        }
    }
    return all;
}
std::string in_step(const std::string& step) { return mistakes(source + "[[step]]\n" + step + "\n" + target); } // at line 5
std::string in_source(const std::string& lines) { return mistakes("[source]\n" + lines + "\n" + target); }      // at line 2
std::string in_target(const std::string& lines) { return mistakes(source + "[target]\n" + lines + "\n"); }      // at line 5

TEST(etl_pipeline, takes_a_whole_file) {
    auto parsed = parse_pipeline("name = \"n\"\n" + source + "delimiter = \";\"\nnull = \"-\"\n" +
                                     "[[step]]\ncompute = \"x\"\nsql = \"1\"\n[[step]]\ndrop = \"y\"\n" + target,
                                 "folder/p.toml");
    const auto& p = std::get<pipeline>(parsed);
    EXPECT_EQ(p.name, "n");
    EXPECT_EQ(p.source.file.text, "folder/a.csv");
    EXPECT_EQ(p.source.csv.delimiter, ';');
    EXPECT_EQ(p.source.csv.null, "-");
    EXPECT_EQ(p.computed.at(0).sql.text, "1");
    EXPECT_EQ(p.not_loaded.at(0).text, "y");
    EXPECT_EQ(p.target.key.at(0).text, "id");
    EXPECT_TRUE(p.target.mode == merge_mode::upsert);
    EXPECT_TRUE(p.steps.empty());
}

TEST(etl_pipeline, is_named_like_its_file) {
    auto parsed = parse_pipeline(source + target, "folder/orders-2026.toml");
    EXPECT_EQ(std::get<pipeline>(parsed).name, "orders-2026");
    EXPECT_EQ(mistakes(source + target, "my orders.toml"),
              "1:1: the file's name cannot name the pipeline: add a key \"name\" with at most 40 letters, digits, _ and -");
    EXPECT_EQ(mistakes("name = \"a b\"\n" + source + target), "1:8: \"name\" has at most 40 letters, digits, _ and -");
}

TEST(etl_pipeline, tells_where_the_syntax_is_wrong) {
    EXPECT_TRUE(mistakes("[source]\ntype = csv\n").starts_with("2:8: ")) << mistakes("[source]\ntype = csv\n");
    EXPECT_TRUE(mistakes("[source\n").starts_with("1:8: ")) << mistakes("[source\n");
}

TEST(etl_pipeline, tells_all_mistakes_in_the_order_of_the_file) {
    EXPECT_EQ(mistakes("[target]\ntable = \"t\"\nmode = \"merge\"\nkey = \"id\"\n[source]\ntype = \"xml\"\n[other]\n"),
              "3:8: \"mode\" is one of insert, upsert, replace, not \"merge\"\n"
              "6:8: \"type\" is one of csv, jsonl, sqlite, postgres, not \"xml\"\n"
              "7:2: unknown key \"other\"; there are name, [source], [[step]] and [target]");
}

TEST(etl_pipeline, needs_its_sections) {
    EXPECT_EQ(mistakes(""), "1:1: the file needs a section [source]\n1:1: the file needs a section [target]");
    EXPECT_EQ(mistakes("source = 1\n" + target), "1:10: the file needs a section [source]");
    EXPECT_EQ(mistakes(source + target + "[step]\ndrop = \"x\"\n"), "8:1: steps are written as [[step]]");
}

TEST(etl_pipeline, checks_the_source) {
    EXPECT_EQ(in_source("type = \"csv\""), "1:1: [source] needs the key \"file\"");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = \"\""), "3:8: \"file\" is empty");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = 1"), "3:8: \"file\" must be a text in quotes");
    EXPECT_EQ(in_source("type = 1"), "2:8: \"type\" must be a text in quotes");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = \"a\"\nquery = \"x\""), "4:1: [source] has no key \"query\"");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = \"a\"\nheader = \"no\""), "4:10: \"header\" must be true or false");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = \"a\"\nheader = false"), "1:1: [source] needs the key \"columns\"");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = \"a\"\ncolumns = [\"a\"]"),
              "4:11: \"columns\" is for files without a header; to change names, use rename steps");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = \"a\"\ndelimiter = \"||\""),
              "4:13: \"delimiter\" must be one ASCII character, and not a line end");
    EXPECT_EQ(in_source("type = \"csv\"\nfile = \"a\"\ndelimiter = '\"'"),
              "4:13: \"delimiter\" and \"quote\" are the same character");
    EXPECT_EQ(in_source("type = \"jsonl\"\nfile = \"a\"\ncolumns = [\"a\", \"b\", \"a\"]"),
              "4:22: the column \"a\" is there twice");
    EXPECT_EQ(in_source("type = \"jsonl\"\nfile = \"a\"\ncolumns = [\"a\", 2]"),
              "4:17: \"columns\" must be a list of texts in quotes");
    EXPECT_EQ(in_source("type = \"jsonl\"\nfile = \"a\"\ncolumns = []"), "4:11: \"columns\" is empty");
    EXPECT_EQ(in_source("type = \"sqlite\"\nfile = \"a\""), "1:1: [source] needs the key \"query\"");
    EXPECT_EQ(in_source("type = \"postgres\"\nquery = \"select 1\"\nfile = \"a\""), "4:1: [source] has no key \"file\"");
}

TEST(etl_pipeline, checks_the_target) {
    EXPECT_EQ(in_target("mode = \"replace\""), "4:1: [target] needs the key \"table\"");
    EXPECT_EQ(in_target("table = \"t\""), "4:1: [target] needs the key \"key\"\n4:1: [target] needs the key \"mode\"");
    EXPECT_EQ(in_target("table = \"t\"\nmode = \"insert\""), "4:1: [target] needs the key \"key\"");
    EXPECT_EQ(in_target("table = \"t\"\nmode = \"upsert\"\nkey = 1"),
              "7:7: \"key\" must be a text in quotes, or a list of them");
    EXPECT_EQ(in_target("table = \"t\"\nmode = \"replace\"\nkey = \"id\""), "7:7: the mode replace has no key");
    EXPECT_EQ(in_target("table = \"t\"\nmode = \"replace\"\nkeys = \"id\""), "7:1: [target] has no key \"keys\"");
}

TEST(etl_pipeline, checks_each_step) {
    EXPECT_EQ(in_step(""), "4:1: a step needs one of the keys rename, drop, default, split, filter, cast, lookup, compute");
    EXPECT_EQ(in_step("rename = \"a\"\ndrop = \"b\""),
              "6:8: one step cannot be both \"rename\" and \"drop\"; each needs a [[step]] of its own");
    EXPECT_EQ(in_step("rename = \"a\""), "4:1: a rename step needs the key \"to\"");
    EXPECT_EQ(in_step("rename = \"a\"\nto = \"b\"\ninto = \"c\""), "7:1: a rename step has no key \"into\"");
    EXPECT_EQ(in_step("drop = []"), "5:8: \"drop\" is empty");
    EXPECT_EQ(in_step("default = \"a\""), "4:1: a default step needs the key \"value\"");
    EXPECT_EQ(in_step("default = \"a\"\nvalue = 1"), "6:9: \"value\" must be a text in quotes");
    EXPECT_EQ(in_step("split = \"a\"\nby = \"\"\ninto = [\"b\"]"), "6:6: \"by\" is empty");
    EXPECT_EQ(in_step("filter = \"a\""), R"(4:1: a filter step needs one of the keys "in", "not_in" and "null")");
    EXPECT_EQ(in_step("filter = \"a\"\nin = \"x\"\nnull = true"),
              R"(4:1: a filter step needs one of the keys "in", "not_in" and "null")");
    EXPECT_EQ(in_step("filter = \"a\"\nnull = \"x\""), "6:8: \"null\" must be true or false");
}

TEST(etl_pipeline, checks_casts) {
    EXPECT_EQ(in_step("cast = \"a\""), "4:1: a cast step needs the key \"type\"");
    EXPECT_EQ(in_step("cast = \"a\"\ntype = \"date\""), "4:1: a cast step needs the key \"format\"");
    EXPECT_EQ(in_step("cast = \"a\"\ntype = \"date\"\nformat = \"DD.MM\""), "7:10: the format needs YYYY, MM and DD");
    EXPECT_EQ(in_step("cast = \"a\"\ntype = \"numeric\"\ndecimal = \",\"\nthousands = \",\""),
              "8:13: \"thousands\" and \"decimal\" are the same character");
    EXPECT_EQ(in_step("cast = \"a\"\ntype = \"integer\"\ndecimal = \",\""), "7:1: a cast step has no key \"decimal\"");
    EXPECT_EQ(in_step("cast = \"a\"\ntype = \"boolean\"\ntrue = \"y\""), "4:1: a cast step needs the key \"false\"");
    EXPECT_EQ(in_step("cast = \"a\"\ntype = \"money\""),
              "6:8: \"type\" is one of integer, numeric, boolean, date, timestamp, not \"money\"");
}

TEST(etl_pipeline, checks_lookups_and_expressions) {
    EXPECT_EQ(in_step("lookup = \"select 1\"\nadd = \"x\""), "4:1: a lookup step needs the key \"match\"");
    EXPECT_EQ(in_step("lookup = \"select 1\"\nadd = \"x\"\nmatch = \"y\""),
              R"(7:9: "match" must be a table such as { id = "number" })");
    EXPECT_EQ(in_step("lookup = \"select 1\"\nadd = \"x\"\nmatch = { a = 1 }"), "7:15: \"a\" must be a text in quotes");
    EXPECT_EQ(in_step("lookup = \"select 1\"\nadd = \"x\"\nmatch = { a = \"b\" }\nmissing = \"skip\""),
              "8:11: \"missing\" is one of reject, null, not \"skip\"");
    EXPECT_EQ(in_step("compute = \"a\""), "4:1: a compute step needs the key \"sql\"");
    EXPECT_EQ(in_step("compute = \"a\"\nsql = \"1\"\n[[step]]\ncompute = \"a\"\nsql = \"2\""), "8:11: \"a\" is computed twice");
    EXPECT_EQ(in_step("compute = \"a\"\nsql = \"1\"\n[[step]]\nrename = \"b\"\nto = \"c\""),
              "7:1: after a compute step, only compute and drop can follow: the target computes last");
}

} // namespace
} // namespace etl
