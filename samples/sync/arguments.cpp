// SPDX-License-Identifier: BSL-1.0
#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <string_view>

namespace data_sync {
namespace {

constexpr const char* footer =
    "Without --source, the source comes from DATABASE_URL and the PG* variables. Other users of the machine can see\n"
    "the arguments of a program: keep passwords in ~/.pgpass or in a file for --config.\n"
    "\n"
    "exit code: 0 done, or stopped by a signal; 1 failed; 2 wrong usage; 3 a target has stopped, or status found one\n"
    "that does not follow";

/// What may be part of the name of a slot.
bool is_name(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string check_name(const std::string& text) {
    return is_name(text) ? "" : "a name has lower-case letters, digits and underscores only: " + text;
}

std::string check_target(const std::string& text) {
    const auto end = text.find('=');
    return end != std::string::npos && is_name(std::string_view(text).substr(0, end))
               ? ""
               : "write NAME=DSN, with a name of lower-case letters, digits and underscores"; // not the text: it may have a
                                                                                              // password
}

void add_servers(CLI::App& app, options& o, std::vector<std::string>& targets) {
    app.add_option("--source", o.source, "connection string of the source")->type_name("DSN");
    app.add_option("--target", targets, "a target: its name and its connection string; may be repeated")
        ->type_name("NAME=DSN")
        ->check(check_target)
        ->required();
    app.add_option("--name", o.name, "name of the synchronization; a target's slot is named NAME_TARGET")
        ->type_name("NAME")
        ->check(check_name)
        ->capture_default_str();
    app.add_flag("--json", o.is_json, "write events to standard output, one JSON object per line");
    app.add_option("--timeout", o.answer_timeout, "how many seconds a server may take to answer")
        ->type_name("SECONDS")
        ->transform(CLI::Validator(
            [](std::string& s) {
                s += "000";
                return std::string();
            },
            ""))
        ->default_str("60");
}

void add_init_options(CLI::App& app, options& o) {
    app.add_option("--publication", o.publication, "the publication to follow [NAME]")->type_name("PUBLICATION");
    app.add_option("--table", o.tables, "if the publication does not exist, create it with this table; may be repeated")
        ->type_name("SCHEMA.TABLE");
    app.add_flag("--all-tables", o.has_all_tables, "if the publication does not exist, create it with all tables");
    auto* truncate = app.add_flag("--truncate", o.truncates, "empty the target's tables before they are copied");
    app.add_flag("--no-copy{false}", o.copies, "do not copy: the target already has the rows of the source")
        ->excludes(truncate);
    app.add_option("--copy-again", o.copy_again, "empty the tables of this target, and copy them again; may be repeated")
        ->type_name("TARGET");
    app.add_option("--copy-connections", o.copy_connections, "how many tables of one target are copied at the same time")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{64}))
        ->capture_default_str();
}

void add_run_options(CLI::App& app, options& o) {
    const std::map<std::string, conflict_policy> policies{
        {"error", conflict_policy::error}, {"skip", conflict_policy::skip}, {"overwrite", conflict_policy::overwrite}};
    app.add_option("--conflicts", o.conflicts,
                   "what to do with a change that does not fit the target's rows: error, skip, overwrite")
        ->transform(CLI::Transformer(policies, CLI::ignore_case))
        ->type_name("POLICY")
        ->default_str("error");
    app.add_option_function<std::string>(
           "--ddl", [&o](const std::string& word) { o.follows_ddl = word == "follow"; },
           "what to do about a new column: stop, or follow (add it to the target)")
        ->check(CLI::IsMember({"stop", "follow"}))
        ->type_name("POLICY")
        ->default_str("stop");
    app.add_option("--max-lag", o.max_lag, "drop the slot of a target that is behind by more log than this, such as 10GB")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("SIZE");
    app.add_option("--batch", o.batch, "how many changes of small transactions are committed together")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->capture_default_str();
    app.add_option("--retry-delay", o.longest_delay, "the longest delay between attempts, in seconds")
        ->type_name("SECONDS")
        ->transform(CLI::Validator(
            [](std::string& s) {
                s += "000";
                return std::string();
            },
            ""))
        ->default_str("10");
    app.add_flag("--until-current", o.ends_when_current, "end when all targets have what the source had at the start");
    app.add_option("--http", o.http, "serve a page with the state of all targets")->type_name("ADDRESS:PORT");
}

/// A complaint, or nothing.
std::string take_targets(options& o, const std::vector<std::string>& targets) {
    for (const auto& text : targets) {
        const auto end = text.find('=');
        o.targets.push_back({text.substr(0, end), text.substr(end + 1)});
        if (o.slot_of(o.targets.back()).size() > 63) {
            return "the slot's name " + o.slot_of(o.targets.back()) + " has more than 63 characters";
        }
        const auto name = o.targets.back().name;
        if (std::ranges::count(o.targets, name, &target_option::name) > 1) {
            return "there are two targets " + name;
        }
    }
    for (const auto& name : o.copy_again) {
        if (std::ranges::find(o.targets, name, &target_option::name) == o.targets.end()) {
            return "--copy-again: there is no target " + name;
        }
    }
    return {};
}

} // namespace

std::variant<arguments, int> parse_arguments(int argc, char** argv) {
    arguments a;
    options& o = a.all;
    std::vector<std::string> targets;
    CLI::App app("Copies tables of a PostgreSQL database to other databases, and keeps the copies up to date.", "pgcoro-sync");
    app.footer(footer);
    app.require_subcommand(1);
    app.fallthrough();
    app.set_config("--config", "", "read options from a file (NAME = VALUE in each line)");
    add_servers(app, o, targets);
    auto* init = app.add_subcommand("init", "creates what is needed, copies the tables, and ends");
    add_init_options(*init, o);
    auto* run = app.add_subcommand("run", "does the same if it has not been done, and then follows the changes");
    add_init_options(*run, o);
    add_run_options(*run, o);
    auto* status = app.add_subcommand("status", "prints how far each target is");
    app.add_subcommand("drop", "drops the slots, and the bookkeeping in the targets; tables stay as they are");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? done : wrong_usage;
    }
    if (const auto wrong = take_targets(o, targets); !wrong.empty()) {
        std::cerr << "pgcoro-sync: " << wrong << '\n';
        return wrong_usage;
    }
    if (o.publication.empty()) {
        o.publication = o.name;
    }
    o.ends_when_copied = init->parsed();
    a.what = init->parsed()     ? arguments::command::init
             : run->parsed()    ? arguments::command::run
             : status->parsed() ? arguments::command::status
                                : arguments::command::drop;
    return a;
}

} // namespace data_sync
