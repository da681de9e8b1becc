// SPDX-License-Identifier: BSL-1.0
// pgcoro-migrate: a whole database into PostgreSQL, with everything compared. See docs/migrate.md.
#include "arguments.hpp"
#include "common/journal.hpp"
#include "common/progress_line.hpp"
#include "failure.hpp"
#include "leave_out.hpp"
#include "make_source.hpp"
#include "migration_plan.hpp"
#include "plan_text.hpp"
#include "report.hpp"
#include "rules.hpp"
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/run.hpp>

#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace {

using namespace migrate;

pgcoro::error file_error(const std::string& name) {
    const boost::system::error_code code(errno, boost::system::system_category());
    return pgcoro::error(code, name + ": " + code.message());
}

pgcoro::result<mapping_rules> read_rules(const arguments& a) {
    mapping_rules rules;
    if (!a.mapping_file.empty()) {
        std::ifstream in(a.mapping_file, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        if (!in.is_open() || in.bad()) {
            return fail(failure::wrong_usage, file_error(a.mapping_file).message());
        }
        BOOST_OUTCOME_TRY(add_rules(rules, text, a.mapping_file));
    }
    for (const std::string& option : a.mappings) {
        BOOST_OUTCOME_TRY(add_rule(rules, option));
    }
    rules.skipped.insert(a.skipped.begin(), a.skipped.end());
    rules.schema = a.schema.empty() ? rules.schema : a.schema;
    return rules;
}

pgcoro::result<> write_file(const std::string& name, const std::string& text) {
    if (!name.empty()) {
        std::ofstream out(name, std::ios::binary);
        out << text << std::flush;
        if (!out) {
            return file_error(name);
        }
    }
    return pgcoro::success();
}

/// A report must not be lost after hours of copying because its file cannot be written.
pgcoro::result<> require_writable(const std::string& name) {
    std::error_code ignored;
    if (name.empty() || std::filesystem::is_fifo(name, ignored)) { // a pipe's reader would see the end of the report
        return pgcoro::success();
    }
    // A link may lead to a file that is not there.
    const bool was_there = std::filesystem::exists(std::filesystem::symlink_status(name, ignored));
    if (!std::ofstream(name, std::ios::app).is_open()) {
        return fail(failure::wrong_usage, file_error(name).message());
    }
    if (!was_there) {
        std::filesystem::remove(name, ignored);
    }
    return pgcoro::success();
}

/// What one command does, within one loop: connections must not outlive it.
class program {
public:
    program(const arguments& a, common::journal& j) : arguments_(a), journal_(j) {}

    pgcoro::task<int> run() {
        BOOST_OUTCOME_CO_TRY(const auto rules, read_rules(arguments_));
        BOOST_OUTCOME_CO_TRY(require_writable(arguments_.html_file));
        BOOST_OUTCOME_CO_TRY(require_writable(arguments_.json_file));
        BOOST_OUTCOME_CO_TRY(auto from, make_source(arguments_.source, arguments_.reading));
        BOOST_OUTCOME_CO_TRY(co_await from->open());
        journal_.operation("connected", {{"source", from->description()}});
        BOOST_OUTCOME_CO_TRY(auto found, co_await from->read_schema());
        BOOST_OUTCOME_CO_TRY(require_tables(found, arguments_.reading.tables));
        BOOST_OUTCOME_CO_TRY(auto plan, make_plan(*from, found, rules));
        if (plan.obstacles.empty()) { // without them, all names are known
            BOOST_OUTCOME_CO_TRY(leave_out(plan, arguments_.left_out));
        }
        for (table_plan& t : plan.tables) {
            t.sample_rows = arguments_.sample_rows;
            t.wants_sums = !arguments_.is_unchecked;
        }
        if (arguments_.what == arguments::command::plan) {
            journal_.summary(to_json(plan), to_text(plan), std::cout);
            co_return plan.obstacles.empty() ? done : wrong_usage;
        }
        if (!plan.obstacles.empty()) {
            const note& first = plan.obstacles.front();
            co_return fail(failure::cannot_map, std::to_string(plan.obstacles.size()) +
                                                    " decisions are needed first (see the command plan): " + first.object +
                                                    ": " + first.text);
        }
        co_return co_await migrate_or_compare(*from, found, plan);
    }

private:
    pgcoro::task<int> migrate_or_compare(source& from, schema& found, const migration_plan& plan) {
        run_options options;
        options.target = postgres_config(arguments_.target);
        options.jobs = arguments_.jobs;
        options.restart = arguments_.is_restart;
        options.allow_mixed_snapshots = arguments_.allows_mixed;
        options.validate = !arguments_.is_unchecked;
        options.analyze = !arguments_.is_unanalyzed;
        options.patience = std::chrono::seconds(arguments_.patience);
        pgcoro::result<report> outcome;
        if (arguments_.what == arguments::command::run) {
            outcome = co_await run_migration(from, found, plan, options, journal_);
        } else {
            outcome = co_await run_validation(from, plan, options);
        }
        BOOST_OUTCOME_CO_TRY(auto r, std::move(outcome));
        r.source = from.description();
        r.target = "PostgreSQL";
        r.time = journal_.time();
        BOOST_OUTCOME_CO_TRY(write_file(arguments_.html_file, to_html(r)));
        BOOST_OUTCOME_CO_TRY(write_file(arguments_.json_file, boost::json::serialize(to_json(r)) + "\n"));
        journal_.summary(to_json(r), to_text(r), std::cout);
        co_return r.is_equal() ? done : differences;
    }

    const arguments& arguments_;
    common::journal& journal_;
};

int exit_code_of(const pgcoro::error& why) {
    const auto is = [&](failure f) { return why.code() == make_error_code(f); };
    if (is(failure::wrong_usage) || is(failure::cannot_map) || why == pgcoro::errc::invalid_configuration) {
        return wrong_usage;
    }
    return is(failure::target_not_empty) || is(failure::mixed_snapshots) || is(failure::busy) ? refused : failed;
}

std::string explain(const pgcoro::error& why) {
    std::string text = why.message();
    if (!why.hint().empty()) {
        text += " (" + std::string(why.hint()) + ")";
    }
    if (exit_code_of(why) == failed) {
        text += why.outcome_unknown() ? "; the connection was lost at the end: run it again, which does no harm"
                                      : "; the same command continues from here";
    }
    return text;
}

} // namespace

int main(int argc, char** argv) {
    const auto parsed = parse_arguments(argc, argv);
    if (const auto* code = std::get_if<int>(&parsed)) {
        return *code;
    }
    const auto& a = std::get<arguments>(parsed);
    std::ofstream log;
    if (!a.log_file.empty()) {
        log.open(a.log_file, std::ios::app);
        if (!log) {
            std::cerr << "pgcoro-migrate: " << file_error(a.log_file) << '\n';
            return wrong_usage;
        }
    }
    common::progress_line people(std::cerr, ::isatty(STDERR_FILENO) != 0);
    common::journal j("pgcoro-migrate", people, log.is_open() ? &log : nullptr, a.is_json ? &std::cout : nullptr);
    program p(a, j);
    try {
        const auto outcome = pgcoro::run(p.run());
        if (!outcome) {
            j.error(explain(outcome.error()), outcome.error());
            return exit_code_of(outcome.error());
        }
        return outcome.value();
    } catch (const std::exception& e) { // of the system: a file that cannot be read, or no memory
        std::cerr << "pgcoro-migrate: " << e.what() << '\n';
        return failed;
    }
}
