// SPDX-License-Identifier: BSL-1.0
#include "run.hpp"

#include "failure.hpp"
#include "load_plan.hpp"
#include "lookups.hpp"
#include "merger.hpp"
#include "reject_file.hpp"
#include "server_errors.hpp"
#include "source.hpp"
#include "stage_rows.hpp"
#include "staging.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace etl {
namespace {

using pgcoro::task;

/// An error as a mistake of the pipeline file, if it is one.
pgcoro::error at(const pipeline& p, place where, const pgcoro::error& why) {
    const bool is_ours = why.code() == make_error_code(failure::bad_pipeline) || is_about_sql(why);
    return is_ours ? fail(failure::bad_pipeline, describe(mistake{where, why.message()}, p.file)) : why;
}

/// The steps' columns: from those of the source to those that are staged.
pgcoro::result<columns> bind_steps(pipeline& p, std::vector<std::string> names) {
    columns of_row(std::move(names));
    for (const auto& step : p.steps) {
        if (const auto wrong = step->bind(of_row)) {
            return fail(failure::bad_pipeline, describe(*wrong, p.file));
        }
    }
    return of_row;
}

/// A name that is there more than once.
std::optional<std::string> find_twice(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    const auto found = std::adjacent_find(names.begin(), names.end());
    return found == names.end() ? std::nullopt : std::optional(*found);
}

task<pgcoro::connection> connect_target(const pgcoro::connect_config& config) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    // A merge whose program is killed ends, instead of running on for a client that is gone.
    BOOST_OUTCOME_CO_TRY(co_await db.execute("set client_connection_check_interval = '2s'"));
    co_return db;
}

/// Runs the statements of the load for no rows: what the server has against them is known before anything is read.
task<> try_statements(pgcoro::connection& db, const pipeline& p, const load_plan& plan) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    const line_range none{1, 0};
    for (const computed_column& c : plan.computed()) {
        const pgcoro::unchecked_sql sql(plan.evaluate(c, none));
        if (const auto done = co_await tx.execute(sql); !done) {
            co_return at(p, c.sql.where, done.error());
        }
    }
    const bool is_replace = p.target.mode == merge_mode::replace;
    const pgcoro::unchecked_sql remove_none(plan.remove_all() + " where false");
    const pgcoro::unchecked_sql merge(plan.merge(none));
    auto done = co_await tx.execute(merge);
    if (done && is_replace) {
        done = co_await tx.execute(remove_none);
    }
    if (!done) {
        co_return at(p, p.target.where, done.error());
    }
    co_return co_await tx.rollback();
}

class pipeline_run {
public:
    pipeline_run(pipeline& p, const run_options& options, common::journal& j)
        : pipeline_(p), options_(options), journal_(j), rejects_(options.reject_file, options.max_rejects) {}

    task<run_summary> run() {
        BOOST_OUTCOME_CO_TRY(co_await prepare());
        staging stage(db_, *plan_, pipeline_.name);
        BOOST_OUTCOME_CO_TRY(co_await stage.lock(options_.patience));
        BOOST_OUTCOME_CO_TRY(const auto earlier, co_await stage.open());
        BOOST_OUTCOME_CO_TRY(co_await try_statements(db_, pipeline_, *plan_));
        BOOST_OUTCOME_CO_TRY(rejects_.open()); // not before the lock: another run may be writing it
        auto done = co_await load(stage, earlier);
        if (!done && done.error().code() == make_error_code(failure::too_many_rejects)) {
            BOOST_OUTCOME_CO_TRY(co_await stage.remove()); // the source must change: there is nothing to continue
        }
        co_return done;
    }

private:
    /// All that can be wrong with the pipeline is told here.
    task<> prepare() {
        BOOST_OUTCOME_CO_TRY(co_await open_source());
        BOOST_OUTCOME_CO_TRY(auto staged, bind_steps(pipeline_, names_));
        staged_ = std::move(staged);
        BOOST_OUTCOME_CO_TRY(db_, co_await connect_target(options_.target));
        journal_.operation("connected", {{"server_version", db_.server_version()}});
        auto table = co_await describe_target(db_, pipeline_.target.table);
        if (!table) {
            co_return at(pipeline_, pipeline_.target.table.where, table.error());
        }
        auto plan = load_plan::make(pipeline_, staged_, std::move(table).value());
        if (const auto* wrong = std::get_if<mistake>(&plan)) {
            co_return fail(failure::bad_pipeline, describe(*wrong, pipeline_.file));
        }
        plan_ = std::get<load_plan>(std::move(plan));
        for (lookup_step* lookup : pipeline_.lookups) {
            if (const auto loaded = co_await load_lookup(db_, *lookup); !loaded) {
                co_return at(pipeline_, lookup->query().where, loaded.error());
            }
            journal_.operation("lookup", {{"rows", lookup->size()}});
        }
        co_return pgcoro::success();
    }

    task<> open_source() {
        source_ = make_source(pipeline_.source, options_.source);
        auto opened = co_await source_->open();
        if (!opened) {
            co_return at(pipeline_, pipeline_.source.query.where, opened.error());
        }
        names_ = std::move(opened).value();
        if (const auto twice = find_twice(names_)) {
            co_return at(pipeline_, pipeline_.source.query.where,
                         fail(failure::bad_pipeline, "the query has two columns \"" + *twice + "\""));
        }
        co_return pgcoro::success();
    }

    task<run_summary> load(staging& stage, staged_so_far earlier) {
        BOOST_OUTCOME_CO_TRY(auto staged, co_await stage_all(stage, earlier));
        if (!staged) {
            journal_.operation("the source has changed: staging starts over");
            BOOST_OUTCOME_CO_TRY(co_await stage.start_over());
            if (!source_->can_be_reopened()) {
                const std::string& file = pipeline_.source.file.text;
                co_return fail(failure::bad_source, file + ": these are not the rows of the earlier run, and a pipe cannot be "
                                                           "read twice: run the pipeline again");
            }
            BOOST_OUTCOME_CO_TRY(co_await open_source());
            BOOST_OUTCOME_CO_TRY(rejects_.open());
            BOOST_OUTCOME_CO_TRY(staged, co_await stage_all(stage, staged_so_far()));
        }
        auto summary = std::move(*staged);
        BOOST_OUTCOME_CO_TRY(rejects_.flush());
        BOOST_OUTCOME_CO_TRY(summary.counts.written, co_await merge(stage, summary.lines));
        summary.counts.rejected = rejects_.size();
        co_return summary.counts;
    }

    task<std::optional<staged_rows>> stage_all(staging& stage, const staged_so_far& earlier) {
        if (earlier.rows != 0) {
            journal_.operation("continuing an earlier run", {{"rows", earlier.rows}});
        }
        transformer transform(pipeline_, staged_.names());
        auto meter = journal_.meter();
        row_stager stager(stage, transform, rejects_, meter, options_.batch_rows);
        BOOST_OUTCOME_CO_TRY(auto staged, co_await stager.run(*source_, earlier));
        if (staged) {
            journal_.operation("staged", {{"rows", staged->counts.staged}, {"rejected", rejects_.size()}});
        }
        co_return staged;
    }

    task<std::uint64_t> merge(staging& stage, line_range lines) {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db_.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("set constraints all immediate")); // or they would fail only at COMMIT
        if (pipeline_.target.mode == merge_mode::replace) {
            const pgcoro::unchecked_sql remove(plan_->remove_all());
            BOOST_OUTCOME_CO_TRY(const auto removed, co_await tx.execute(remove));
            journal_.operation("deleted", {{"rows", removed.rows_affected()}});
        }
        merger m(tx, *plan_, rejects_, journal_);
        auto merged = co_await m.run(lines);
        if (!merged) {
            co_return at(pipeline_, pipeline_.target.where, merged.error()); // a deferrable key is refused only for a row
        }
        const auto written = merged.value();
        BOOST_OUTCOME_CO_TRY(rejects_.flush()); // before the COMMIT: after an error, the target is as it was
        journal_.operation("merged", {{"rows", written}, {"rejected", rejects_.size()}});
        if (options_.is_dry) {
            BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
            BOOST_OUTCOME_CO_TRY(co_await stage.remove());
            journal_.operation("rolled back: this was a dry run");
            co_return written;
        }
        BOOST_OUTCOME_CO_TRY(co_await remove_staging(tx, plan_->tables(), pipeline_.name));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        journal_.operation("committed");
        co_return written;
    }

    pipeline& pipeline_;
    const run_options& options_;
    common::journal& journal_;
    reject_file rejects_;
    std::unique_ptr<source> source_;
    std::vector<std::string> names_;
    columns staged_;
    pgcoro::connection db_;
    std::optional<load_plan> plan_;
};

} // namespace

task<run_summary> run_pipeline(pipeline& p, const run_options& options, common::journal& j) {
    pipeline_run all(p, options, j);
    co_return co_await all.run();
}

} // namespace etl
