// SPDX-License-Identifier: BSL-1.0
// What is asked of PostgreSQL's catalogue about small things that belong to tables, views and types.
#pragma once

#include <cstdint>
#include <string>

namespace migrate::catalogue {

struct addition_row {
    std::int64_t relation;
    std::string what;
    std::string statement;
};

/// What is made after everything else. Of constraints and indexes only those that come with no partitioned table.
inline constexpr char additions[] = R"(
with relation as (
    select c.*, format('%I.%I', n.nspname, c.relname) as quoted, n.nspname || '.' || c.relname as title,
           case c.relkind when 'm' then 'materialized view' when 'v' then 'view' else 'table' end as word
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and c.relpersistence <> 't' and n.nspname !~ '^pg_'),
constraint_index as (
    select r.oid as relation, i.oid as index, i.relname, format('%I.%I', n.nspname, i.relname) as quoted, i.reloptions, i.relkind
    from pg_constraint k join relation r on r.oid = k.conrelid join pg_class i on i.oid = k.conindid
         join pg_namespace n on n.oid = i.relnamespace
    where k.contype in ('p', 'u', 'x') and k.conparentid = 0)
select r.oid::int8, 'comment on constraint ' || r.title || ' ' || k.conname,
       format('comment on constraint %I on %s is %L', k.conname, r.quoted, obj_description(k.oid, 'pg_constraint'))
from pg_constraint k join relation r on r.oid = k.conrelid
where k.contype in ('p', 'u', 'c', 'x', 'f') and k.conparentid = 0 and (k.conislocal or not r.relispartition)
  and obj_description(k.oid, 'pg_constraint') is not null
union all
select relation::int8, 'comment on index ' || quoted,
       format('comment on index %s is %L', quoted, obj_description(index, 'pg_class'))
from constraint_index where obj_description(index, 'pg_class') is not null
union all
select relation::int8, 'storage parameters of index ' || quoted,
       format('alter index %s set (%s)', quoted, array_to_string(reloptions, ', '))
from constraint_index where reloptions is not null and relkind = 'i'
union all
select r.oid::int8, 'cluster on of ' || r.title, format('alter %s %s cluster on %I', r.word, r.quoted, i.relname)
from pg_index x join relation r on r.oid = x.indrelid join pg_class i on i.oid = x.indexrelid where x.indisclustered
union all
select r.oid::int8, 'replica identity of ' || r.title,
       format('alter %s %s replica identity %s', r.word, r.quoted,
              case r.relreplident when 'f' then 'full' when 'n' then 'nothing'
              else 'using index ' || quote_ident((select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid
                                                  where x.indrelid = r.oid and x.indisreplident)) end)
from relation r
where r.relkind in ('r', 'p') and (r.relreplident in ('f', 'n')
      or exists (select from pg_index x where x.indrelid = r.oid and x.indisreplident and r.relreplident = 'i'))
union all
select r.oid::int8, 'statistics ' || n.nspname || '.' || e.stxname, pg_get_statisticsobjdef(e.oid)
from pg_statistic_ext e join relation r on r.oid = e.stxrelid join pg_namespace n on n.oid = e.stxnamespace
union all
select r.oid::int8, 'default of ' || r.title || '.' || a.attname,
       format('alter view %s alter column %I set default %s', r.quoted, a.attname, pg_get_expr(d.adbin, d.adrelid))
from pg_attrdef d join relation r on r.oid = d.adrelid join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where r.relkind = 'v'
union all
select r.oid::int8, 'comment on column ' || r.title || '.' || a.attname,
       format('comment on column %s.%I is %L', r.quoted, a.attname, col_description(r.oid, a.attnum))
from relation r join pg_attribute a on a.attrelid = r.oid
where r.relkind in ('v', 'm') and a.attnum > 0 and not a.attisdropped and col_description(r.oid, a.attnum) is not null
union all
select r.oid::int8, 'options of view ' || r.title, format('alter view %s set (%s)', r.quoted, array_to_string(r.reloptions, ', '))
from relation r where r.relkind = 'v' and r.reloptions is not null)";

struct part_addition_row {
    std::int64_t relation;
    std::int64_t root; // the partitioned table whose key or index it is a part of
    std::string root_name;
    bool is_of_key;
    std::string what;
    std::string statement;
};

/// The same for keys and indexes of partitions that are parts of others and keep their names (see `partition_indexes`).
inline constexpr char additions_of_parts[] = R"(
with recursive tree as (
    select h.inhrelid as oid, h.inhparent as root, x.indrelid as table, c.relname as root_name,
           exists (select from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u', 'x')) as is_of_key
    from pg_inherits h join pg_class c on c.oid = h.inhparent join pg_index x on x.indexrelid = c.oid
    where c.relkind = 'I' and not c.relispartition and c.relpersistence <> 't'
    union all
    select h.inhrelid, t.root, t.table, t.root_name, t.is_of_key from tree t join pg_inherits h on h.inhparent = t.oid),
part as (
    select x.indrelid as relation, t.table, t.root_name::text, t.is_of_key, i.oid, i.relkind, i.reloptions, k.oid as key, k.conname,
           format('%I.%I', n.nspname, i.relname) as quoted, format('%I.%I', rn.nspname, r.relname) as quoted_table
    from tree t join pg_index x on x.indexrelid = t.oid join pg_class i on i.oid = t.oid
         join pg_namespace n on n.oid = i.relnamespace join pg_class r on r.oid = x.indrelid
         join pg_namespace rn on rn.oid = r.relnamespace
         left join pg_constraint k on k.conindid = i.oid and k.contype in ('p', 'u', 'x')
    where not exists (select from tree o join pg_constraint own on own.conindid = o.oid
                      where o.root = t.root and own.contype in ('p', 'u', 'x') and own.conparentid = 0))
select relation::int8, part.table::int8, root_name, is_of_key, 'comment on constraint ' || quoted_table || ' ' || conname,
       format('comment on constraint %I on %s is %L', conname, quoted_table, obj_description(key, 'pg_constraint'))
from part where obj_description(key, 'pg_constraint') is not null
union all
select relation::int8, part.table::int8, root_name, is_of_key, 'comment on index ' || quoted,
       format('comment on index %s is %L', quoted, obj_description(oid, 'pg_class'))
from part where obj_description(oid, 'pg_class') is not null
union all
select relation::int8, part.table::int8, root_name, is_of_key, 'storage parameters of index ' || quoted,
       format('alter index %s set (%s)', quoted, array_to_string(reloptions, ', '))
from part where key is not null and reloptions is not null and relkind = 'i')";

struct note_row {
    std::int64_t relation; // 0: belongs to none
    std::string object;
    std::string text;
};

/// What is not migrated.
inline constexpr char left_out[] = R"(
with recursive part as (
    select h.inhrelid as oid, h.inhparent as root from pg_inherits h join pg_class c on c.oid = h.inhparent
    where c.relkind = 'I' and not c.relispartition
    union all
    select h.inhrelid, t.root from part t join pg_inherits h on h.inhparent = t.oid),
space as (
    select n.oid, n.nspname from pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pgcoro_migrate')),
own as (
    select o.classid, o.oid from (
        select 'pg_operator'::regclass as classid, oid from pg_operator union all
        select 'pg_collation'::regclass, oid from pg_collation union all
        select 'pg_conversion'::regclass, oid from pg_conversion union all
        select 'pg_opclass'::regclass, oid from pg_opclass union all
        select 'pg_opfamily'::regclass, oid from pg_opfamily union all
        select 'pg_ts_config'::regclass, oid from pg_ts_config union all
        select 'pg_ts_dict'::regclass, oid from pg_ts_dict union all
        select 'pg_ts_parser'::regclass, oid from pg_ts_parser union all
        select 'pg_ts_template'::regclass, oid from pg_ts_template union all
        select 'pg_cast'::regclass, oid from pg_cast union all
        select 'pg_am'::regclass, oid from pg_am union all
        select 'pg_language'::regclass, oid from pg_language union all
        select 'pg_transform'::regclass, oid from pg_transform union all
        select 'pg_publication'::regclass, oid from pg_publication union all
        select 'pg_event_trigger'::regclass, oid from pg_event_trigger union all
        select 'pg_foreign_data_wrapper'::regclass, oid from pg_foreign_data_wrapper union all
        select 'pg_foreign_server'::regclass, oid from pg_foreign_server) o
    where o.oid >= 16384
      and not exists (select from pg_depend d where d.classid = o.classid and d.objid = o.oid and d.deptype in ('e', 'i')))
select 0::int8, pg_describe_object(o.classid, o.oid, 0), 'is not migrated'
from own o where pg_describe_object(o.classid, o.oid, 0) not like '% pgcoro_migrate.%'
union all
select 0::int8, 'subscription ' || subname, 'is not migrated' from pg_subscription
where subdbid = (select oid from pg_database where datname = current_database())
union all
select 0::int8, 'large objects', 'are not migrated: ' || count(*) from pg_largeobject_metadata having count(*) > 0
union all
select 0::int8, 'type ' || format_type(t.oid, null), 'the collation of ' || w.of || ' is left out: ' || w.collation::regcollation
from pg_type t join space s on s.oid = t.typnamespace
     cross join lateral (
         select 'its values' as of, t.typcollation as collation where t.typtype = 'd'
             and t.typcollation <> (select b.typcollation from pg_type b where b.oid = t.typbasetype)
         union all
         select a.attname, a.attcollation from pg_attribute a join pg_type b on b.oid = a.atttypid
                join pg_class c on c.oid = a.attrelid
         where a.attrelid = t.typrelid and c.relkind = 'c' and a.attnum > 0 and a.attcollation <> b.typcollation) w
where w.collation >= 16384
union all
select i.indrelid::int8, 'index ' || n.nspname || '.' || c.relname, 'is not valid: not migrated'
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
where not i.indisvalid and not c.relispartition and not exists (select from pg_constraint k where k.conindid = c.oid)
union all
select coalesce(i.indrelid, c.oid)::int8, case when i.indrelid is null then 'table ' else 'index ' end || n.nspname || '.' || c.relname,
       'the tablespace ' || t.spcname || ' is left out'
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_tablespace t on t.oid = c.reltablespace
     left join pg_index i on i.indexrelid = c.oid
where c.relkind in ('r', 'p', 'm', 'i', 'I') and n.nspname !~ '^pg_'
union all
select c.oid::int8, 'table ' || n.nspname || '.' || c.relname,
       'row level security is ' || case when c.relforcerowsecurity then 'enabled and forced' else 'enabled' end
       || ' at the source, and not at the target: everyone who may read the table sees all rows'
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relrowsecurity
union all
select k.conrelid::int8, 'index ' || n.nspname || '.' || i.relname, 'storage parameters are not migrated: '
       || array_to_string(i.reloptions, ', ')
from pg_constraint k join pg_class i on i.oid = k.conindid join pg_namespace n on n.oid = i.relnamespace
where i.relkind = 'I' and i.reloptions is not null and k.conrelid <> 0 and k.contype in ('p', 'u', 'x')
union all
select i.indrelid::int8, 'index ' || n.nspname || '.' || c.relname,
       'the key ' || k.conname || ' of a partition is a part of it: the server chooses the names of the other parts, which get '
       || 'neither comments nor storage parameters'
from pg_class c join pg_index i on i.indexrelid = c.oid join pg_namespace n on n.oid = c.relnamespace
     join part on part.root = c.oid join pg_constraint k on k.conindid = part.oid
where k.contype in ('p', 'u', 'x') and k.conparentid = 0 and i.indisvalid
union all
select 0::int8, 'table ' || c.oid::regclass, 'belongs to the extension ' || e.extname || ': rows that were added to it are not migrated'
from pg_extension e cross join unnest(e.extconfig) as config(oid) join pg_class c on c.oid = config.oid
where c.relkind in ('r', 'p')
union all
select c.oid::int8, 'table ' || n.nspname || '.' || c.relname || w.of, w.what
from pg_class c join pg_namespace n on n.oid = c.relnamespace
     cross join lateral (
         select '' as of, 'storage parameters are not migrated: ' || (select string_agg('toast.' || o, ', ') from unnest(t.reloptions) o) as what
         from pg_class t where t.oid = c.reltoastrelid and t.reloptions is not null
         union all
         select '', 'the table access method ' || m.amname || ' is left out' from pg_am m
         where m.oid = c.relam and m.amname <> 'heap'
         union all
         select ', column ' || a.attname, v.what
         from pg_attribute a cross join lateral (values
                  (case when a.attgenerated = 'v' then 'is virtual at the source, and stored at the target' end),
                  (case when a.attcompression <> '' then 'the compression method is left out' end),
                  ('options are left out: ' || (select string_agg(o, ', ') from unnest(a.attoptions) o
                                                where o not like 'pg\_%'))) v(what) -- pg_attver is the server's own
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and v.what is not null) w
where c.relkind in ('r', 'p', 'm')
union all
select 0::int8, 'sequence ' || n.nspname || '.' || c.relname, 'is unlogged at the source, and logged at the target'
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and c.relpersistence = 'u'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('e', 'i')))";

} // namespace migrate::catalogue
