// SPDX-License-Identifier: BSL-1.0
// Runs the program, as its users would: good and bad input, on a throwaway server.
#include "progress_line.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace {

struct outcome {
    int exit_code = -1;
    std::string text; // of stderr
};

class csv_tool_program : public testing::Test {
protected:
    static void SetUpTestSuite() { server = pgcoro::testing::ephemeral_server::create().value(); }
    static void TearDownTestSuite() { server.reset(); }

    csv_tool_program() {
        std::string name = (std::filesystem::temp_directory_path() / "csv_tool.XXXXXX").string();
        folder = ::mkdtemp(name.data());
        sql("drop table if exists planets; create table planets (id int primary key, name text not null, moons int)");
    }
    ~csv_tool_program() override { std::filesystem::remove_all(folder); }

    static std::string sql(const std::string& text) { return server->run_sql(text).value(); }
    std::string path(const std::string& name) const { return (folder / name).string(); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
        return path(name);
    }
    std::string read(const std::string& name) const {
        std::ifstream in(folder / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    static outcome run(const std::string& arguments) {
        const std::string command = std::string(CSV_TOOL) + " \"" + server->dsn() + "\" " + arguments + " 2>&1";
        outcome o;
        std::FILE* const pipe = ::popen(command.c_str(), "r");
        char part[4096];
        for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, pipe)) != 0;) {
            o.text.append(part, n);
        }
        const int status = ::pclose(pipe);
        o.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return o;
    }

    static bool has(const outcome& o, const std::string& text) { return o.text.find(text) != std::string::npos; }

    inline static std::optional<pgcoro::testing::ephemeral_server> server;
    std::filesystem::path folder;
};

TEST_F(csv_tool_program, loads_and_unloads) {
    const std::string text = "id,name,moons\n1,Mercury,0\n2,\"Ve\nnus\",\n3,Earth,1\n";
    const auto in = write("in.csv", text);

    const auto loaded = run("in planets " + in + " --header");
    const auto table = run("out planets " + path("table.csv") + " --header");
    const auto query = run("out 'select name from planets where moons > 0' " + path("query.csv"));

    EXPECT_EQ(loaded.exit_code, 0) << loaded.text;
    EXPECT_TRUE(has(loaded, "3 rows")) << loaded.text;
    EXPECT_EQ(sql("select count(*) from planets"), "3\n");
    EXPECT_EQ(table.exit_code, 0) << table.text;
    EXPECT_EQ(read("table.csv"), text);
    EXPECT_EQ(query.exit_code, 0) << query.text;
    EXPECT_EQ(read("query.csv"), "Earth\n");
}

TEST_F(csv_tool_program, takes_no_name_for_a_query) {
    sql("drop table if exists table1, values_2024; create table table1 as select 1; create table values_2024 as select 2");

    const auto table = run("out table1 " + path("table.csv"));
    const auto values = run("out values_2024 " + path("values.csv"));
    const auto query = run("out 'values(3)' " + path("query.csv"));
    const auto no_space = run("out 'select*from table1' " + path("no_space.csv"));

    EXPECT_EQ(table.exit_code, 0) << table.text;
    EXPECT_EQ(read("table.csv"), "1\n");
    EXPECT_EQ(values.exit_code, 0) << values.text;
    EXPECT_EQ(read("values.csv"), "2\n");
    EXPECT_EQ(query.exit_code, 0) << query.text;
    EXPECT_EQ(read("query.csv"), "3\n");
    EXPECT_EQ(no_space.exit_code, 0) << no_space.text;
    EXPECT_EQ(read("no_space.csv"), "1\n");
}

TEST_F(csv_tool_program, loads_some_columns) {
    const auto loaded = run("in 'planets (name, id)' " + write("in.csv", "Mars,4\n"));

    EXPECT_EQ(loaded.exit_code, 0) << loaded.text;
    EXPECT_EQ(sql("select id, name from planets"), "4|Mars\n");
}

TEST_F(csv_tool_program, loses_nothing_after_a_backslash_and_a_full_stop) {
    sql("drop table if exists lines; create table lines (line text)");
    const auto in = write("in.csv", "\"\\.\"\n\"\n\\.\n\"\n\\.\nlast\n"); // in quotes it is a value, in line 5 it is not

    const auto o = run("in lines " + in);

    const bool is_new = sql("select current_setting('server_version_num')::int >= 180000") == "t\n";
    EXPECT_EQ(o.exit_code, is_new ? 0 : 3) << o.text;
    EXPECT_EQ(has(o, in + ":5: \\. alone on a line"), !is_new) << o.text;
    EXPECT_EQ(sql("select count(*) from lines"), is_new ? "4\n" : "0\n");
}

TEST_F(csv_tool_program, loses_nothing_whatever_ends_its_lines) {
    sql("drop table if exists lines; create table lines (line text)");
    const bool is_new = sql("select current_setting('server_version_num')::int >= 180000") == "t\n";
    for (const std::string end : {"\r", "\r\n"}) {
        const auto in = write("in.csv", "first" + end + "\\." + end + "last" + end);
        const auto o = run("in lines " + in);
        EXPECT_EQ(o.exit_code, is_new ? 0 : 3) << o.text;
        EXPECT_EQ(has(o, in + ":2: \\. alone on a line"), !is_new) << o.text;
    }
    EXPECT_EQ(sql("select count(*) from lines"), is_new ? "6\n" : "0\n");
}

TEST_F(csv_tool_program, shows_the_line_that_is_refused) {
    std::string text = "id,name,moons\n";
    for (int i = 1; i < 50000; ++i) {
        text += std::to_string(i) + (i == 31415 ? ",Nibiru,many\n" : ",Planet,0\n");
    }
    const auto in = write("in.csv", text);

    const auto o = run("in planets " + in + " --header");

    EXPECT_EQ(o.exit_code, 3) << o.text;
    EXPECT_TRUE(has(o, in + ":31416: invalid input syntax for type integer: \"many\"")) << o.text;
    EXPECT_TRUE(has(o, "line: 31415,Nibiru,many\n")) << o.text;
    EXPECT_EQ(sql("select count(*) from planets"), "0\n");
}

TEST_F(csv_tool_program, shows_the_details_of_a_violated_constraint) {
    const auto twice = run("in planets " + write("in.csv", "1,Mercury,0\n1,Vulcan,0\n"));
    const auto nameless = run("in planets " + write("null.csv", "1,Mercury,0\n2,,0\n"));

    EXPECT_EQ(twice.exit_code, 3);
    EXPECT_TRUE(has(twice, "in.csv:2: duplicate key")) << twice.text;
    EXPECT_TRUE(has(twice, "detail: Key (id)=(1) already exists.")) << twice.text;
    EXPECT_EQ(nameless.exit_code, 3);
    EXPECT_TRUE(has(nameless, "null.csv:2: null value")) << nameless.text;
    EXPECT_TRUE(has(nameless, "column: name")) << nameless.text;
}

TEST_F(csv_tool_program, shortens_a_long_line_and_shows_no_control_characters) {
    const auto o = run("in planets " + write("in.csv", "x\x1b[31m," + std::string(5000, 'y') + ",1\n"));

    EXPECT_EQ(o.exit_code, 3);
    EXPECT_TRUE(has(o, "x?[31m,yyy")) << o.text;
    EXPECT_TRUE(has(o, "yyy...")) << o.text;
    EXPECT_LT(o.text.size(), 1000u);
}

TEST_F(csv_tool_program, tells_wrong_usage_from_failure) {
    EXPECT_EQ(run("sideways planets x").exit_code, 2);
    EXPECT_EQ(run("in planets").exit_code, 2);
    const auto no_table = run("in nowhere " + write("in.csv", ""));
    EXPECT_EQ(no_table.exit_code, 1);
    EXPECT_TRUE(has(no_table, "nowhere")) << no_table.text;
    const auto no_file = run("in planets " + path("nothing.csv"));
    EXPECT_EQ(no_file.exit_code, 1);
    EXPECT_TRUE(has(no_file, "nothing.csv: No such file")) << no_file.text;
}

TEST(progress_line, shows_what_is_left) {
    pgcoro::transfer_report report;
    report.bytes = 12'000'000;
    report.total_bytes = 24'000'000;
    report.elapsed = std::chrono::seconds(3);

    EXPECT_EQ(csv_tool::describe(report), "[###############               ]  50 %   12.0 MB   4.0 MB/s   3 s left");

    report.total_bytes = 0;
    report.rows = 200;
    EXPECT_EQ(csv_tool::describe(report), "200 rows   12.0 MB   4.0 MB/s");
}

TEST(progress_line, is_redrawn_on_a_terminal_alone) {
    for (const bool is_terminal : {true, false}) {
        std::ostringstream out;
        csv_tool::progress_line line(out, is_terminal);
        auto meter = line.meter();
        meter.begin();
        static_cast<void>(meter.finish(pgcoro::command_tag("COPY 5")));
        line.end();

        EXPECT_EQ(out.str().starts_with('\r'), is_terminal);
        EXPECT_TRUE(out.str().ends_with('\n'));
        EXPECT_NE(out.str().find("5 rows"), std::string::npos);
    }
}

} // namespace
