// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include <CLI/CLI.hpp>

namespace etl {
namespace {

constexpr const char* footer =
    "Connections that are given neither by an option nor in the pipeline file come from DATABASE_URL and the PG*\n"
    "variables. Other users of the machine can see the arguments of a program: keep passwords in ~/.pgpass.\n"
    "\n"
    "exit code: 0 done, 1 failed, 2 wrong usage or a mistake in the pipeline file, 3 done, but rows were\n"
    "rejected, 4 more rows were rejected than allowed, and nothing was loaded";

void add_run_options(CLI::App& run, arguments& a) {
    run.add_option("--target", a.target, "connection string of the target; overrides the file")->type_name("DSN");
    run.add_option("--source", a.source, "connection string of a PostgreSQL source; overrides the file")->type_name("DSN");
    run.add_option("--max-rejects", a.max_rejects, "how many bad rows may be left out")->type_name("N")->capture_default_str();
    run.add_option("--rejects", a.reject_file, "the file for bad rows [NAME.rejects.csv]")->type_name("FILE");
    run.add_option("--log", a.log_file, "append all operations to a file")->type_name("FILE");
    run.add_option("--batch-rows", a.batch_rows, "rows that are staged in one transaction")
        ->type_name("N")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
        ->capture_default_str();
    run.add_option("--wait", a.patience, "how many seconds to wait for another run of the same pipeline")
        ->type_name("SECONDS")
        ->check(CLI::Range(0u, 1'000'000u))
        ->capture_default_str();
    run.add_flag("--dry-run", a.is_dry, "do everything, and roll it back at the end");
    run.add_flag("--json", a.is_json, "write events and the summary to standard output, one JSON object per line");
}

} // namespace

std::variant<arguments, int> parse_arguments(int argc, char** argv) {
    arguments a;
    CLI::App app("Loads rows from CSV, JSON lines, SQLite or PostgreSQL into a PostgreSQL table.", "pgcoro-etl");
    app.footer(footer);
    app.require_subcommand(1);
    auto* run = app.add_subcommand("run", "runs a pipeline");
    run->add_option("file", a.file, "the pipeline file")->type_name("FILE")->required();
    add_run_options(*run, a);
    auto* check = app.add_subcommand("check", "looks for mistakes in a pipeline file, without connecting to anything");
    check->add_option("file", a.file, "the pipeline file")->type_name("FILE")->required();
    check->add_flag("--json", a.is_json, "write mistakes to standard output, one JSON object per line");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? done : wrong_usage;
    }
    a.what = check->parsed() ? arguments::command::check : arguments::command::run;
    return a;
}

} // namespace etl
