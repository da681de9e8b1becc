// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace migrate {
namespace {

constexpr const char* footer =
    "SOURCE is sqlite:FILE, mariadb://USER@HOST/DATABASE, or a connection string of PostgreSQL. Without --target,\n"
    "the target comes from DATABASE_URL and the PG* variables. Other users of the machine can see the arguments of\n"
    "a program: keep passwords in ~/.pgpass.\n"
    "\n"
    "exit code: 0 done, and both sides are equal; 1 failed: the same command continues the run; 2 wrong usage,\n"
    "or something that the target cannot have; 3 done, but source and target differ; 4 refused: the target has\n"
    "such objects, the source has changed since an unfinished run, or another migration is running";

void add_common_options(CLI::App& app, arguments& a) {
    app.add_option("source", a.source, "what to migrate")->type_name("SOURCE")->required();
    app.add_option("--table", a.reading.tables, "only this table; may be repeated")->type_name("[SCHEMA.]NAME");
    app.add_option("--skip", a.skipped, "not this table; may be repeated")->type_name("[SCHEMA.]NAME");
    app.add_option("--leave-out", a.left_out,
                   "not this index, constraint, view or default, by its name in messages; may be repeated")
        ->type_name("NAME");
    app.add_option("--map", a.mappings, "a column's type at the target; may be repeated")->type_name("TABLE.COLUMN=TYPE");
    app.add_option("--mapping", a.mapping_file, "a file with types and tables to skip")->type_name("FILE");
    app.add_option("--schema", a.schema, "the target's schema, for tables of SQLite and MariaDB")->type_name("NAME");
    app.add_option("--log", a.log_file, "append all operations to a file")->type_name("FILE");
    app.add_flag("--json", a.is_json, "write events and the report to standard output, one JSON object per line");
}

void add_target_options(CLI::App& app, arguments& a) {
    app.add_option("--target", a.target, "connection string of the target")->type_name("DSN");
    app.add_option("--jobs", a.jobs, "workers, each with a connection to both sides")
        ->type_name("N")
        ->check(CLI::Range(1U, 64U))
        ->capture_default_str();
    app.add_option("--sample", a.sample_rows, "how many rows of each table are compared value by value")
        ->type_name("N")
        ->check(CLI::Range(0U, 1000U))
        ->capture_default_str();
    const std::map<std::string, bad_values> words{{"fail", bad_values::fail}, {"null", bad_values::null}};
    app.add_option("--bad-values", a.reading.on_bad_values, "what to do with values that do not fit: fail or null")
        ->type_name("WORD")
        ->transform(CLI::CheckedTransformer(words))
        ->default_str("fail");
    app.add_option("--html", a.html_file, "write the report as a page")->type_name("FILE");
    app.add_option("--report", a.json_file, "write the report as JSON")->type_name("FILE");
}

void add_run_options(CLI::App& app, arguments& a) {
    app.add_flag("--restart", a.is_restart, "drop the objects of an unfinished run, and start again");
    app.add_flag("--allow-mixed-snapshots", a.allows_mixed,
                 "continue an unfinished run although the source has changed; tables that were copied stay as they are");
    app.add_flag("--no-validate", a.is_unchecked, "do not compare the tables after copying");
    app.add_flag("--no-analyze", a.is_unanalyzed, "do not collect statistics for the planner");
    app.add_option("--wait", a.patience, "how many seconds to wait for another migration")
        ->type_name("SECONDS")
        ->check(CLI::Range(0U, 1'000'000U))
        ->capture_default_str();
}

} // namespace

std::variant<arguments, int> parse_arguments(int argc, const char* const* argv) {
    arguments a;
    CLI::App app("Migrates a database of PostgreSQL, SQLite or MariaDB into PostgreSQL, and compares both.", "pgcoro-migrate");
    app.footer(footer);
    app.require_subcommand(1);
    auto* plan = app.add_subcommand("plan", "prints the mapping and lists what is not migrated; changes nothing");
    auto* run = app.add_subcommand("run", "migrates, or continues an unfinished run");
    auto* validate = app.add_subcommand("validate", "compares source and target; changes nothing");
    for (auto* command : {plan, run, validate}) {
        add_common_options(*command, a);
    }
    for (auto* command : {run, validate}) {
        add_target_options(*command, a);
    }
    add_run_options(*run, a);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? done : wrong_usage;
    }
    a.what = run->parsed()        ? arguments::command::run
             : validate->parsed() ? arguments::command::validate
                                  : arguments::command::plan;
    return a;
}

} // namespace migrate
