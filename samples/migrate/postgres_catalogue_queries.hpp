// SPDX-License-Identifier: BSL-1.0
// What is asked of PostgreSQL's catalogue, and the rows that come. Columns are read by their position.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate::catalogue {

struct relation_row {
    std::int64_t oid;
    std::string schema;
    std::string name;
    std::string kind; // r table, p partitioned, f foreign, v view, m materialized view
    std::int64_t rows;
    std::int64_t bytes;
    std::string comment;
    bool is_unlogged;
    std::string partition_by;
    std::string partition_bounds;
    std::optional<std::int64_t> parent; // of a partition
    std::string view_query;
    bool is_populated;
    std::string left_out; // what of it is not migrated
};

inline constexpr char relations[] = R"(
select c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, greatest(c.reltuples, 0)::int8, pg_table_size(c.oid),
       coalesce(obj_description(c.oid, 'pg_class'), ''), c.relpersistence = 'u',
       case when c.relkind = 'p' then pg_get_partkeydef(c.oid) else '' end,
       case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) else '' end,
       case when c.relispartition then (select i.inhparent::int8 from pg_inherits i where i.inhrelid = c.oid) end,
       case when c.relkind in ('v', 'm') then rtrim(pg_get_viewdef(c.oid), ';') else '' end, c.relispopulated,
       concat_ws('; ',
           (select 'triggers are not migrated: ' || string_agg(t.tgname, ', ' order by t.tgname)
            from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0),
           (select 'policies of row level security are not migrated: ' || string_agg(p.polname, ', ' order by p.polname)
            from pg_policy p where p.polrelid = c.oid),
           (select 'rules are not migrated: ' || string_agg(r.rulename, ', ' order by r.rulename)
            from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN'),
           case when not c.relispartition and exists (select from pg_inherits i where i.inhrelid = c.oid)
                then 'inherits from another table: becomes a table on its own' end,
           case when c.reloptions is not null and c.relkind <> 'v' then 'storage parameters are not migrated: ' || array_to_string(c.reloptions, ', ') end,
           case when c.reloftype <> 0 then 'is a table of a type: becomes a table on its own' end,
           case when c.relkind = 'f' then 'is a foreign table: not migrated' end)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f', 'v', 'm') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pgcoro_migrate')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by c.oid)";

struct column_row {
    std::int64_t table;
    std::string name;
    std::string type;
    std::string base;
    std::string unlimited; // "bpchar", where `base` is character, which a cast takes for character(1)
    bool is_required;
    std::optional<std::string> default_value;
    std::optional<std::string> generated;
    std::string identity; // a always, d by default
    std::string identity_options;
    std::optional<std::int64_t> identity_next; // nothing: may not be read
    bool identity_is_spent;                    // the next is the last that was given
    std::string identity_sequence;             // for people
    std::string sequence_schema;               // empty: named as the server would
    std::string sequence_name;
    std::string collation; // as SQL has it; empty: that of the type
    std::string comment;
};

/// Sequences of other sessions' temporary tables cannot be read, so the join itself must not find any.
inline constexpr char columns[] = R"(
select a.attrelid::int8, a.attname::text, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, null),
       format_type(a.atttypid, -1), a.attnotnull,
       case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
       case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
       a.attidentity::text,
       coalesce(format('increment by %s minvalue %s maxvalue %s start with %s cache %s%s', s.seqincrement, s.seqmin, s.seqmax,
                       s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end), ''),
       case when s.seqrelid is null then 1
            when l.is_spent then l.value
            when l.value is not null then l.value + s.seqincrement
            when has_sequence_privilege(s.seqrelid, 'select') -- not called: what it begins with
            then substring(query_to_xml(format('select last_value from %s', s.seqrelid::regclass), true, false, '')::text
                           from '<last_value>(-?[0-9]+)')::int8 end,
       coalesce(l.is_spent, false), coalesce(sn.nspname || '.' || q.relname, ''),
       case when sn.nspname is null or q.relname = c.relname || '_' || a.attname || '_seq' then '' else sn.nspname end::text,
       case when sn.nspname is null or q.relname = c.relname || '_' || a.attname || '_seq' then '' else q.relname end::text,
       case when a.attcollation <> t.typcollation and a.attcollation <> 0
            then quote_ident(cn.nspname) || '.' || quote_ident(co.collname) else '' end,
       coalesce(col_description(a.attrelid, a.attnum), '')
from pg_attribute a
     join pg_class c on c.oid = a.attrelid
     join pg_type t on t.oid = a.atttypid
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     left join pg_collation co on co.oid = a.attcollation
     left join pg_namespace cn on cn.oid = co.collnamespace
     left join pg_depend i on a.attidentity <> '' and c.relpersistence <> 't' and i.refclassid = 'pg_class'::regclass and i.refobjid = a.attrelid
                              and i.refobjsubid = a.attnum and i.classid = 'pg_class'::regclass and i.deptype = 'i'
     left join pg_sequence s on s.seqrelid = i.objid
     left join lateral (
         select v.value, v.value::numeric + s.seqincrement not between s.seqmin and s.seqmax as is_spent
         from (select case when has_sequence_privilege(s.seqrelid, 'select, usage')
                           then pg_sequence_last_value(s.seqrelid) end) v(value)) l on s.seqrelid is not null
     left join pg_class q on q.oid = s.seqrelid
     left join pg_namespace sn on sn.oid = q.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum)";

struct constraint_row {
    std::int64_t table;
    std::string name;
    std::string kind; // p primary key, u unique, c check, x exclusion, f foreign key
    std::string definition;
    std::vector<std::string> columns;
    std::string referenced_schema; // of a foreign key
    std::string referenced_name;
};

/// Without those that come with a partitioned table.
inline constexpr char constraints[] = R"(
select k.conrelid::int8, k.conname::text, k.contype::text, pg_get_constraintdef(k.oid),
       array(select a.attname::text from unnest(k.conkey) with ordinality u(n, o)
             join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by u.o),
       coalesce(n.nspname::text, ''), coalesce(f.relname::text, '')
from pg_constraint k
     left join pg_class f on k.contype = 'f' and f.oid = k.confrelid
     left join pg_namespace n on n.oid = f.relnamespace
where k.conrelid <> 0 and k.contype in ('p', 'u', 'c', 'x', 'f') and k.conparentid = 0
  and (k.conislocal or not exists (select from pg_class c where c.oid = k.conrelid and c.relispartition))
order by k.conrelid, k.contype = 'c', k.oid)";

struct index_row {
    std::int64_t table;
    std::string name;
    std::string definition;
    bool is_unique;
    std::string method;
    std::string comment;
};

/// Without those of constraints, and those that come with an index of a partitioned table.
inline constexpr char indexes[] = R"(
select i.indrelid::int8, c.relname::text,
       replace(pg_get_indexdef(c.oid), ' INDEX ' || quote_ident(c.relname) || ' ON ONLY ',
               ' INDEX ' || quote_ident(c.relname) || ' ON '),
       i.indisunique, m.amname::text, coalesce(obj_description(c.oid, 'pg_class'), '')
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
where not c.relispartition and i.indisvalid
  and not exists (select from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u', 'x'))
order by i.indrelid, c.oid)";

struct partition_index_row {
    std::int64_t table;
    bool is_key;
    std::string name;
    std::string statement;
    std::string part_schema;
    std::string part_name;
    std::string part_statement;
};

/// Of keys and indexes of partitioned tables, those of the partitions, a partition before its own; and how each is made alone,
/// so that the server chooses no name. Not where a partition's own key has become a part of an index.
inline constexpr char partition_indexes[] = R"(
with recursive tree as (
    select h.inhrelid as oid, h.inhparent as parent, h.inhparent as root, 1 as level
    from pg_inherits h join pg_class c on c.oid = h.inhparent
    where c.relkind = 'I' and not c.relispartition and c.relpersistence <> 't'
    union all
    select h.inhrelid, h.inhparent, t.root, t.level + 1 from tree t join pg_inherits h on h.inhparent = t.oid),
made as (
    select c.oid, n.nspname, c.relname, i.indrelid, tn.nspname as table_schema, t.relname as table_name,
           format('%I.%I', n.nspname, c.relname) as quoted, k.conparentid, k.oid is not null as is_key,
           case when k.oid is null then pg_get_indexdef(c.oid)
                else format('alter table only %I.%I add constraint %I %s', tn.nspname, t.relname, k.conname,
                            pg_get_constraintdef(k.oid)) end as statement
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
         join pg_class t on t.oid = i.indrelid join pg_namespace tn on tn.oid = t.relnamespace
         left join pg_constraint k on k.conindid = c.oid and k.contype in ('p', 'u', 'x')
    where c.oid in (select oid from tree union select root from tree))
select r.indrelid::int8, r.is_key, r.relname::text, r.statement, m.table_schema::text, m.table_name::text,
       m.statement || format('; alter index %s attach partition %s', u.quoted, m.quoted)
from tree t join made r on r.oid = t.root join made u on u.oid = t.parent join made m on m.oid = t.oid
where not exists (select from tree o join made c on c.oid = o.oid where o.root = t.root and c.is_key and c.conparentid = 0)
order by t.root, t.level, t.oid)";

struct sequence_row {
    std::string schema;
    std::string name;
    std::string options;
    std::optional<std::int64_t> last;
    std::optional<std::int64_t> start; // if there is no last; nothing: may not be read
    std::string owner_schema;
    std::string owner_table;
    std::string owner_column;
};

/// Without those of identity columns.
inline constexpr char sequences[] = R"(
select n.nspname::text, c.relname::text,
       format('as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s', format_type(s.seqtypid, null),
              s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end),
       case when has_sequence_privilege(c.oid, 'select, usage') then pg_sequence_last_value(c.oid) end,
       case when has_sequence_privilege(c.oid, 'select')
            then substring(query_to_xml(format('select last_value from %s', c.oid::regclass), true, false, '')::text
                           from '<last_value>(-?[0-9]+)')::int8 end,
       coalesce(tn.nspname::text, ''), coalesce(t.relname::text, ''),
       coalesce(a.attname::text, '')
from pg_sequence s
     join pg_class c on c.oid = s.seqrelid
     join pg_namespace n on n.oid = c.relnamespace
     left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
                              and d.deptype = 'a'
     left join pg_class t on t.oid = d.refobjid
     left join pg_namespace tn on tn.oid = t.relnamespace
     left join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
where c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pgcoro_migrate')
  and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid
                                            and e.deptype in ('e', 'i'))
order by c.oid)";

struct use_row {
    std::int64_t view;
    std::int64_t used;
};

/// Which views use which.
inline constexpr char uses_of_views[] = R"(
select distinct r.ev_class::int8, d.refobjid::int8
from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
     join pg_class c on d.refclassid = 'pg_class'::regclass and c.oid = d.refobjid
where c.relkind in ('v', 'm') and r.ev_class <> d.refobjid)";

} // namespace migrate::catalogue
