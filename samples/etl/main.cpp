// SPDX-License-Identifier: BSL-1.0
// pgcoro-etl: loads rows of SQLite, CSV, JSON lines or PostgreSQL into a table, as a pipeline file declares. See docs/etl.md.
#include "arguments.hpp"
#include "common/journal.hpp"
#include "common/progress_line.hpp"
#include "failure.hpp"
#include "pipeline.hpp"
#include "run.hpp"

#include <pgcoro/run.hpp>

#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace {

namespace json = boost::json;
using namespace etl;

pgcoro::result<std::string> read_file(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open() || in.bad()) {
        return file_error(errno, name);
    }
    return text;
}

void print(const std::vector<mistake>& mistakes, const arguments& a) {
    for (const mistake& m : mistakes) {
        if (a.is_json) {
            const json::object event{{"event", "mistake"},
                                     {"file", a.file},
                                     {"line", m.where.line},
                                     {"column", m.where.column},
                                     {"message", m.text}};
            std::cout << json::serialize(event) << '\n';
        }
        std::cerr << describe(m, a.file) << '\n';
    }
}

pgcoro::connect_config config_of(const std::string& option, const std::string& in_file) {
    const std::string& given = option.empty() ? in_file : option;
    auto config = given.empty() ? pgcoro::connect_config::from_environment() : pgcoro::connect_config(given);
    config.application_name("pgcoro-etl").timeout(std::chrono::seconds(60));
    return config;
}

json::object facts_of(const run_summary& s, const arguments& a, const pipeline& p, const run_options& options) {
    return {{"pipeline", p.name},
            {"dry_run", a.is_dry},
            {"read", s.read},
            {"filtered", s.filtered},
            {"rejected", s.rejected},
            {"reject_file", options.reject_file},
            {"staged", s.staged},
            {"resumed", s.resumed},
            {"written", s.written},
            {"source_sha256", s.source_checksum},
            {"staged_sha256", s.staged_checksum}};
}

std::string text_of(const run_summary& s, const arguments& a, const pipeline& p, const run_options& options) {
    std::string text = p.name + (a.is_dry ? ": done, and rolled back\n" : ": done\n");
    const auto add = [&](const char* title, const std::string& value) {
        text += std::string("  ") + title + "  " + value + "\n";
    };
    add("read         ", std::to_string(s.read));
    add("filtered     ", std::to_string(s.filtered));
    add("rejected     ", std::to_string(s.rejected) + (s.rejected == 0 ? "" : "   " + options.reject_file));
    add("staged       ",
        std::to_string(s.staged) + (s.resumed == 0 ? "" : "   " + std::to_string(s.resumed) + " by an earlier run"));
    add("written      ", std::to_string(s.written));
    add("source SHA256", s.source_checksum);
    add("staged SHA256", s.staged_checksum);
    return text;
}

int exit_code_of(const pgcoro::error& why) {
    if (why.code() == make_error_code(failure::bad_pipeline)) {
        return wrong_usage;
    }
    return why.code() == make_error_code(failure::too_many_rejects) ? too_many_rejected : failed;
}

std::string explain(const pgcoro::error& why) {
    std::string text = why.message();
    if (!why.hint().empty()) {
        text += " (" + std::string(why.hint()) + ")";
    }
    if (why.outcome_unknown()) {
        text += "; the connection was lost at the end: run it again, which does no harm if the rows are there";
    }
    return text;
}

int run(const arguments& a, pipeline& p) {
    std::ofstream log;
    if (!a.log_file.empty()) {
        log.open(a.log_file, std::ios::app);
        if (!log) {
            std::cerr << "pgcoro-etl: " << file_error(errno, a.log_file) << '\n';
            return failed;
        }
    }
    run_options options;
    options.source = config_of(a.source, p.source.connection);
    options.target = config_of(a.target, p.target.connection);
    options.reject_file = a.reject_file.empty() ? p.name + ".rejects.csv" : a.reject_file;
    options.max_rejects = a.max_rejects;
    options.batch_rows = a.batch_rows;
    options.patience = std::chrono::seconds(a.patience);
    options.is_dry = a.is_dry;

    common::progress_line people(std::cerr, ::isatty(STDERR_FILENO) != 0);
    common::journal j("pgcoro-etl", people, log.is_open() ? &log : nullptr, a.is_json ? &std::cout : nullptr);
    j.operation("started", {{"pipeline", p.name}});
    const auto outcome = pgcoro::run(run_pipeline(p, options, j));
    if (!outcome) {
        j.error(explain(outcome.error()), outcome.error());
        return exit_code_of(outcome.error());
    }
    const auto& s = outcome.value();
    j.summary(facts_of(s, a, p, options), text_of(s, a, p, options), std::cout);
    return s.rejected == 0 ? done : done_with_rejects;
}

} // namespace

int main(int argc, char** argv) {
    const auto parsed = parse_arguments(argc, argv);
    if (const auto* code = std::get_if<int>(&parsed)) {
        return *code;
    }
    const auto& a = std::get<arguments>(parsed);
    const auto text = read_file(a.file);
    if (!text) {
        std::cerr << "pgcoro-etl: " << text.error() << '\n';
        return wrong_usage;
    }
    auto p = parse_pipeline(text.value(), a.file);
    if (const auto* mistakes = std::get_if<std::vector<mistake>>(&p)) {
        print(*mistakes, a);
        return wrong_usage;
    }
    if (a.what == arguments::command::check) {
        if (!a.is_json) {
            std::cout << a.file << ": no mistakes\n";
        }
        return done;
    }
    return run(a, std::get<pipeline>(p));
}
