// SPDX-License-Identifier: BSL-1.0
#include "run.hpp"

#include "bookkeeping.hpp"
#include "prepare.hpp"
#include "sql_text.hpp"
#include "table_copy.hpp"
#include "target_session.hpp"
#include "work_list.hpp"
#include "workers.hpp"

#include <pgcoro/pgcoro.hpp>

#include <map>
#include <string>
#include <utility>

namespace migrate {
namespace {

using pgcoro::task;

std::uint64_t expected_rows(const migration_plan& plan) {
    std::uint64_t rows = 0;
    for (const table_plan& t : plan.tables) {
        rows += t.from->partition_by.empty() ? t.from->rows : 0;
    }
    return rows;
}

const std::string last_step = "last";

class migration {
public:
    migration(source& from, schema& found, const migration_plan& plan, const run_options& options, common::journal& j)
        : from_(from), found_(found), plan_(plan), options_(options), journal_(j), progress_(j, expected_rows(plan)) {}

    task<report> run() {
        BOOST_OUTCOME_CO_TRY(db_, co_await open_target(options_.target));
        BOOST_OUTCOME_CO_TRY(co_await lock_target(db_, options_.patience));
        BOOST_OUTCOME_CO_TRY(encoding_, co_await read_encoding(db_));
        const std::string snapshot = from_.snapshot_id();
        BOOST_OUTCOME_CO_TRY(earlier_, co_await prepare_target(db_, plan_, options_, snapshot, journal_));
        make_list();
        BOOST_OUTCOME_CO_TRY(co_await open_workers());
        BOOST_OUTCOME_CO_TRY(co_await from_.update_next_values(found_));
        const work_function work = [this](std::size_t number, worker& w) { return do_item(number, w); };
        BOOST_OUTCOME_CO_TRY(co_await run_workers(list_.queue, workers_, work));
        BOOST_OUTCOME_CO_TRY(co_await do_last());
        progress_.finish();
        BOOST_OUTCOME_CO_TRY(co_await end_run(db_));
        co_return make_report();
    }

private:
    void make_list() {
        work_list_options how;
        how.compares = options_.validate;
        how.analyzes = options_.analyze;
        forget_sums_of_other_snapshots();
        how.compares_with_reader = !from_.has_sums_on_the_way() || (earlier_ && has_copy_without_sums(plan_, *earlier_));
        list_ = make_work_list(plan_, how);
        for (std::size_t i = 0; earlier_ && i < list_.items.size(); ++i) {
            const work& w = list_.items[i];
            const auto done = earlier_->steps.find(w.step);
            if (done == earlier_->steps.end()) {
                continue;
            }
            list_.queue.finish(i);
            if (w.kind == work_kind::copy) {
                copied_[w.table] = done->second;
                is_earlier_[w.table] = true;
            }
        }
    }

    /// Those of tables that may have changed since they were copied.
    void forget_sums_of_other_snapshots() {
        if (!earlier_) {
            return;
        }
        for (auto& [step, how] : earlier_->steps) {
            if (how.snapshot != from_.snapshot_id()) {
                how.sums.reset();
            }
        }
    }

    task<> open_workers() {
        BOOST_OUTCOME_CO_TRY(auto readers, co_await from_.open_readers(options_.jobs));
        for (unsigned i = 0; i < options_.jobs; ++i) {
            worker w;
            BOOST_OUTCOME_CO_TRY(w.target, co_await open_target(options_.target));
            BOOST_OUTCOME_CO_TRY(co_await join_migration(w.target));
            if (i < readers.size()) {
                w.reader = std::move(readers[i]);
            }
            workers_.push_back(std::move(w));
        }
        co_return pgcoro::success();
    }

    task<> do_item(std::size_t number, worker& w) {
        const work& item = list_.items[number];
        switch (item.kind) {
        case work_kind::copy: co_return co_await do_copy(item, w);
        case work_kind::compare: co_return co_await do_compare(item, w);
        default: co_return co_await do_statements(item, w);
        }
    }

    task<> do_copy(const work& item, worker& w) {
        auto copied = co_await copy_table(*item.table, *w.reader, w.target, item.step, from_.snapshot_id(), progress_);
        if (!copied) {
            co_return at("table " + describe(item.table->target), copied.error());
        }
        journal_.operation("copied", {{"table", describe(item.table->target)}, {"rows", copied.value().rows}});
        copied_[item.table] = std::move(copied).value();
        co_return pgcoro::success();
    }

    task<> do_compare(const work& item, worker& w) {
        auto compared = co_await compare_table(*item.table, w.reader.get(), copied_[item.table].sums, w.target, encoding_);
        if (!compared) {
            co_return at("table " + describe(item.table->target), compared.error());
        }
        reports_[item.table] = std::move(compared).value();
        co_return pgcoro::success();
    }

    task<> do_statements(const work& item, worker& w) {
        BOOST_OUTCOME_CO_TRY(auto tx, co_await w.target.begin());
        if (item.kind == work_kind::analyze) {
            const statement s{item.step, "analyze " + sql_name(item.table->target)};
            BOOST_OUTCOME_CO_TRY(co_await execute(tx, s));
        }
        for (const statement& s : item.statements) {
            BOOST_OUTCOME_CO_TRY(co_await execute(tx, s));
        }
        const done_step how;
        BOOST_OUTCOME_CO_TRY(co_await mark_done(tx, item.step, how));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        if (item.kind == work_kind::statements) {
            journal_.operation("made", {{"what", item.step}});
        }
        co_return pgcoro::success();
    }

    task<> do_last() {
        workers_.clear();
        if (earlier_ && earlier_->steps.contains(last_step)) {
            co_return pgcoro::success();
        }
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db_.begin());
        // The next values of sequences are looked up in the catalogue.
        const auto made = after_all(plan_);
        for (const statement& s : made) {
            BOOST_OUTCOME_CO_TRY(co_await execute(tx, s));
        }
        BOOST_OUTCOME_CO_TRY(co_await add_made(tx, made));
        const done_step how;
        BOOST_OUTCOME_CO_TRY(co_await mark_done(tx, last_step, how));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return pgcoro::success();
    }

    report make_report() {
        report r;
        r.title = "migration";
        r.notes = plan_.notes;
        r.seconds = progress_.seconds();
        r.rows = progress_.rows();
        r.bytes = progress_.bytes();
        for (const table_plan& t : plan_.tables) {
            if (!t.from->partition_by.empty()) {
                continue;
            }
            table_report of_table = reports_[&t];
            of_table.source = describe(t.from->name);
            of_table.target = describe(t.target);
            of_table.columns = t.columns.size();
            of_table.rows = of_table.is_compared ? of_table.rows : static_cast<std::uint64_t>(copied_[&t].rows);
            of_table.replaced = copied_[&t].replaced;
            of_table.is_from_earlier_run = is_earlier_[&t];
            r.tables.push_back(std::move(of_table));
        }
        return r;
    }

    source& from_;
    schema& found_; // of the plan
    const migration_plan& plan_;
    const run_options& options_;
    common::journal& journal_;
    progress progress_;
    pgcoro::connection db_;
    std::string encoding_;
    std::optional<earlier_run> earlier_;
    work_list list_;
    std::vector<worker> workers_;
    std::map<const table_plan*, done_step> copied_;
    std::map<const table_plan*, table_report> reports_;
    std::map<const table_plan*, bool> is_earlier_;
};

} // namespace

task<report> run_migration(source& from, schema& found, const migration_plan& plan, const run_options& options,
                           common::journal& j) {
    migration m(from, found, plan, options, j);
    co_return co_await m.run();
}

} // namespace migrate
