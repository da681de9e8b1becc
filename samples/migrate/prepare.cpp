// SPDX-License-Identifier: BSL-1.0
#include "prepare.hpp"

#include "failure.hpp"
#include "leave_out.hpp"
#include "sql_text.hpp"
#include "table_copy.hpp"
#include "undo_run.hpp"
#include "work_list.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace migrate {
namespace {

using pgcoro::task;

/// Of relations, types and functions that would be made: which are there already.
constexpr char taken_names[] = R"(
select n from unnest($1::text[]) n where to_regclass(n) is not null
union all
select n from unnest($2::text[]) n where n not like '%(%' and to_regtype(n) is not null
union all
select s from (select format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) as s
               from pg_proc p join pg_namespace n on n.oid = p.pronamespace) f where s = any ($2)
limit 3)";

class preparation {
public:
    preparation(pgcoro::connection& db, const migration_plan& plan, const run_options& options, const std::string& snapshot,
                common::journal& j)
        : db_(db), plan_(plan), options_(options), snapshot_(snapshot), journal_(j), before_(before_data(plan)) {
        for (const table_plan& t : plan.tables) {
            tables_[sql_name(t.target)] = &t;
        }
    }

    task<std::optional<earlier_run>> prepare() {
        BOOST_OUTCOME_CO_TRY(auto earlier, co_await find_earlier_run(db_));
        const std::string id = fingerprint(before_);
        if (earlier && !options_.restart) {
            BOOST_OUTCOME_CO_TRY(check_earlier_run(*earlier, id));
            co_return earlier;
        }
        // All in one transaction: if the new run cannot begin, the earlier one is still there.
        BOOST_OUTCOME_CO_TRY(auto tx, co_await db_.begin());
        if (earlier) {
            BOOST_OUTCOME_CO_TRY(co_await undo_run(tx));
        }
        BOOST_OUTCOME_CO_TRY(co_await require_free_names(tx));
        BOOST_OUTCOME_CO_TRY(co_await make_tables(tx));
        BOOST_OUTCOME_CO_TRY(co_await try_on_empty_tables(tx));
        BOOST_OUTCOME_CO_TRY(co_await begin_run(tx, id, before_));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        if (earlier) {
            journal_.operation("dropped the objects of an earlier run");
        }
        journal_.operation("made the tables", {{"tables", plan_.tables.size()}});
        co_return std::nullopt;
    }

private:
    task<> require_free_names(pgcoro::transaction& tx) {
        std::vector<std::string> relations;
        for (const statement& s : before_) {
            if (!s.relation.empty()) {
                relations.push_back(s.relation);
            }
        }
        for (const statement& s : after_all(plan_)) {
            if (!s.relation.empty()) {
                relations.push_back(s.relation);
            }
        }
        std::vector<std::string> signatures;
        for (const prerequisite& p : plan_.from->prerequisites) {
            if (!p.signature.empty()) {
                signatures.push_back(p.signature);
            }
        }
        BOOST_OUTCOME_CO_TRY(const auto found, co_await tx.fetch<std::string>(taken_names, relations, signatures));
        if (found.empty()) {
            co_return pgcoro::success();
        }
        std::string list;
        for (const std::string& name : found) {
            list += (list.empty() ? "" : ", ") + name;
        }
        co_return fail(failure::target_not_empty, "the target has objects of these names, among others: " + list);
    }

    task<> make_tables(pgcoro::transaction& tx) {
        // To make a schema that is there needs a privilege, too.
        BOOST_OUTCOME_CO_TRY(const auto there, co_await tx.fetch<std::string>("select 'schema ' || nspname from pg_namespace"));
        for (const statement& s : before_) {
            if (std::ranges::find(there, s.what) != there.end()) {
                continue;
            }
            BOOST_OUTCOME_CO_TRY(co_await require_types(tx, s));
            const auto made = co_await execute(tx, s);
            if (!made) {
                const bool is_taken = is_taken_name(made.error());
                co_return refused(made.error(), is_taken ? failure::target_not_empty : failure::cannot_map, way_out(s));
            }
        }
        co_return pgcoro::success();
    }

    /// Passes on what is not about the statement: the same command may succeed later.
    static pgcoro::error refused(const pgcoro::error& why, failure as, const std::string& way_out) {
        return is_refusal(why) ? fail(as, why.message() + way_out) : why;
    }

    const table_plan* table_of(const statement& s) const {
        const auto found = tables_.find(s.relation);
        return found == tables_.end() ? nullptr : found->second;
    }

    /// Types that the user has chosen, when those of the source are made.
    task<> require_types(pgcoro::transaction& tx, const statement& s) {
        const table_plan* t = table_of(s);
        for (std::size_t i = 0; t && i < t->columns.size(); ++i) {
            const column_plan& c = t->columns[i];
            if (!c.is_overridden) {
                continue;
            }
            const auto found = co_await tx.fetch_one<bool>("select to_regtype($1) is not null", c.mapping.type);
            if (!found && !is_refusal(found.error())) { // what is not a type's name at all is refused
                co_return found.error();
            }
            if (!found || !found.value()) {
                co_return fail(failure::cannot_map, "table " + describe(t->target) + ", column " + c.from->name +
                                                        ": there is no type " + c.mapping.type + " at the target");
            }
        }
        co_return pgcoro::success();
    }

    /// What the user can do if a table cannot be made.
    std::string way_out(const statement& s) const {
        const table_plan* t = table_of(s);
        std::string hint;
        for (std::size_t i = 0; t && i < t->columns.size(); ++i) {
            for (const std::string& name : expressions_of(plan_, *t, t->columns[i])) {
                hint += (hint.empty() ? "; if one of these is the cause, leave it out: --leave-out \"" : ", \"") + name + "\"";
            }
        }
        return hint;
    }

    /// If the server refuses a key, a check or a view, that is better known now than after hours of copying.
    task<> try_on_empty_tables(pgcoro::transaction& tx) {
        BOOST_OUTCOME_CO_TRY(auto trial, co_await tx.begin());
        std::vector<statement> all;
        const work_list work = make_work_list(plan_, {});
        for (const auto& w : work.items) {
            all.insert(all.end(), w.statements.begin(), w.statements.end());
        }
        for (statement& s : after_all(plan_)) {
            all.push_back(std::move(s));
        }
        for (const statement& s : all) {
            const statement tried{s.what, s.trial.empty() ? s.sql : s.trial};
            const auto done = co_await execute(trial, tried);
            if (!done) {
                // A name that is taken here was taken by the migration itself.
                co_return refused(done.error(), failure::cannot_map, "; --leave-out \"" + s.what + "\" runs without it");
            }
        }
        co_return co_await trial.rollback();
    }

    pgcoro::result<> check_earlier_run(const earlier_run& earlier, const std::string& id) const {
        if (earlier.plan != id) {
            return fail(failure::target_not_empty,
                        "an unfinished run had another plan: the schema of the "
                        "source or the mapping has changed; --restart drops its objects and begins again");
        }
        std::size_t copied = 0;
        for (const auto& [step, how] : earlier.steps) {
            if (how.snapshot.empty()) {
                continue;
            }
            ++copied;
            if (how.snapshot != snapshot_ && !options_.allow_mixed_snapshots) {
                return fail(failure::mixed_snapshots,
                            "the source has changed since an unfinished run (if it is on the target's server, by the run "
                            "itself): the tables it copied may not match the others; "
                            "--restart copies all tables again, --allow-mixed-snapshots keeps the old ones");
            }
        }
        journal_.operation("continues an earlier run", {{"copied_tables", copied}});
        return pgcoro::success();
    }

    pgcoro::connection& db_;
    const migration_plan& plan_;
    const run_options& options_;
    const std::string& snapshot_;
    common::journal& journal_;
    std::vector<statement> before_;
    std::map<std::string, const table_plan*> tables_; // by their names in SQL
};

} // namespace

task<> execute(pgcoro::transaction& tx, const statement& s) {
    const auto done = co_await tx.run_script(s.sql);
    if (!done) {
        co_return at(s.what, done.error());
    }
    co_return pgcoro::success();
}

task<std::optional<earlier_run>> prepare_target(pgcoro::connection& db, const migration_plan& plan, const run_options& options,
                                                const std::string& snapshot, common::journal& j) {
    preparation p(db, plan, options, snapshot, j);
    co_return co_await p.prepare();
}

} // namespace migrate
