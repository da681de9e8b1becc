// SPDX-License-Identifier: BSL-1.0
#include "undo_run.hpp"

#include "bookkeeping.hpp"
#include "failure.hpp"

#include <pgcoro/pgcoro.hpp>

#include <optional>
#include <string>

namespace migrate {
namespace {

using pgcoro::task;
using pgcoro::unchecked_sql;

/// The tables of the earlier run that are still there.
constexpr const char* made_tables = R"(
with made as (
    select c.oid from pgcoro_migrate.objects o join pg_class c on c.oid = to_regclass(nullif(o.relation, ''))
    where c.relkind in ('r', 'p')))";
// Their partitions are dropped with them, whoever made those.
constexpr const char* lock_text = R"(
select 'lock table ' || string_agg('only ' || oid::regclass, ', ') || ' in access exclusive mode' from made)";
constexpr const char* partitions_of_others = R"(
select string_agg(i.inhrelid::regclass::text, ', ')
from pg_inherits i where i.inhparent in (select oid from made) and i.inhrelid not in (select oid from made))";
/// What goes with the tables, but needs a function or a type that goes before them.
constexpr const char* users_of_functions = R"(
, used as (
    select classid, objid from pg_depend
    where refclassid in ('pg_proc'::regclass, 'pg_type'::regclass) and refobjid >= 16384)
select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname)
from pg_constraint k join made m on m.oid = k.conrelid
where k.contype in ('c', 'x') and k.coninhcount = 0
  and exists (select from used u where (u.classid, u.objid) in (('pg_constraint'::regclass, k.oid), ('pg_class'::regclass, k.conindid)))
union all
select 'drop index ' || i.indexrelid::regclass
from pg_index i join made m on m.oid = i.indrelid join pg_class c on c.oid = i.indexrelid
where not c.relispartition and exists (select from used u where u.classid = 'pg_class'::regclass and u.objid = c.oid)
  and not exists (select from pg_constraint k where k.conindid = c.oid)
union all
select format('drop statistics %I.%I', n.nspname, e.stxname)
from pg_statistic_ext e join made m on m.oid = e.stxrelid join pg_namespace n on n.oid = e.stxnamespace
where exists (select from used u where u.classid = 'pg_statistic_ext'::regclass and u.objid = e.oid))";

} // namespace

task<> undo_run(pgcoro::transaction& tx) {
    const std::string made = made_tables;
    const unchecked_sql lock_of_tables(made + lock_text);
    BOOST_OUTCOME_CO_TRY(const auto lock, co_await tx.fetch_one<std::optional<std::string>>(lock_of_tables));
    if (lock) {
        const unchecked_sql take(*lock);
        BOOST_OUTCOME_CO_TRY(co_await tx.execute(take));
    }
    const unchecked_sql of_others(made + partitions_of_others);
    BOOST_OUTCOME_CO_TRY(const auto partitions, co_await tx.fetch_one<std::optional<std::string>>(of_others));
    if (partitions) {
        co_return fail(failure::target_not_empty,
                       "--restart drops only what the earlier run has made, and these would go with its tables: " +
                           *partitions);
    }
    const unchecked_sql users(made + users_of_functions);
    BOOST_OUTCOME_CO_TRY(auto undo, co_await tx.fetch<std::string>(users));
    BOOST_OUTCOME_CO_TRY(const auto recorded, co_await tx.fetch<std::string>("select undo from pgcoro_migrate.objects "
                                                                             "where undo <> '' order by number desc"));
    undo.insert(undo.end(), recorded.begin(), recorded.end());
    for (const std::string& text : undo) {
        const unchecked_sql drop(text);
        const auto dropped = co_await tx.execute(drop);
        if (!dropped && dropped.error() == pgcoro::sqlstate::dependent_objects_still_exist) {
            co_return fail(failure::target_not_empty,
                           "--restart drops only what the earlier run has made, and others depend on it: " +
                               std::string(dropped.error().detail()));
        }
        BOOST_OUTCOME_CO_TRY(dropped);
    }
    co_return co_await drop_bookkeeping(tx);
}

} // namespace migrate
