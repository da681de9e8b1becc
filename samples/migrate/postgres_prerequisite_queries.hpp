// SPDX-License-Identifier: BSL-1.0
// What is asked of PostgreSQL's catalogue about what tables need first: extensions, types and functions.
#pragma once

#include <string>

namespace migrate::catalogue {

struct prerequisite_row {
    std::string node; // "t" or "p" with the oid of a type or a function, which rises in the order of creation
    std::string kind;
    std::string schema;
    std::string name;
    std::string statement; // empty: not migrated
    std::string undo;
    std::string signature;
};

inline constexpr char extensions[] = R"(
select 'e' || e.oid, 'extension', '', e.extname::text,
       'create extension if not exists ' || quote_ident(e.extname) || ' with schema ' || quote_ident(n.nspname), '', ''
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql'
order by e.oid)";

inline constexpr char types[] = R"(
with named as (
    select t.*, n.nspname, quote_ident(n.nspname) || '.' || quote_ident(t.typname) as quoted
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pgcoro_migrate') and t.typelem = 0
      and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'))
select 't' || t.oid, case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite type' when 'r' then 'range type'
                      else 'type' end,
       t.nspname::text, t.typname::text,
       case t.typtype
       when 'e' then 'create type ' || t.quoted || ' as enum ('
           || (select coalesce(string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder), '')
               from pg_enum e where e.enumtypid = t.oid) || ')'
       when 'd' then 'create domain ' || t.quoted || ' as ' || format_type(t.typbasetype, t.typtypmod)
           || (select ' collate pg_catalog.' || quote_ident(o.collname) from pg_collation o where o.oid = t.typcollation
               and o.collnamespace = 'pg_catalog'::regnamespace
               and o.oid <> (select b.typcollation from pg_type b where b.oid = t.typbasetype) union all select '' limit 1)
           || coalesce(' default ' || pg_get_expr(t.typdefaultbin, 0), '') || case when t.typnotnull then ' not null' else '' end
           || coalesce((select string_agg(' constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ''
                                          order by k.conname)
                        from pg_constraint k where k.contypid = t.oid and k.contype = 'c' and k.convalidated), '')
       when 'c' then 'create type ' || t.quoted || ' as ('
           || (select coalesce(string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                      || coalesce((select ' collate pg_catalog.' || quote_ident(o.collname)
                                   from pg_collation o join pg_type b on b.oid = a.atttypid
                                   where o.oid = a.attcollation and o.oid <> b.typcollation
                                     and o.collnamespace = 'pg_catalog'::regnamespace), ''), ', '
                                          order by a.attnum), '')
               from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) || ')'
       when 'r' then coalesce((select 'create type ' || t.quoted || ' as range (subtype = ' || format_type(r.rngsubtype, null)
                      || (select ', subtype_opclass = ' || format('%I.%I', n.nspname, o.opcname)
                          from pg_opclass o join pg_namespace n on n.oid = o.opcnamespace
                          where o.oid = r.rngsubopc and not o.opcdefault union all select '' limit 1)
                      || (select ', collation = ' || r.rngcollation::regcollation from pg_type b
                          where b.oid = r.rngsubtype and r.rngcollation <> b.typcollation union all select '' limit 1)
                      || case when r.rngsubdiff::oid = 0 then '' else ', subtype_diff = ' || r.rngsubdiff end
                      || (select ', multirange_type_name = ' || format('%I.%I', n.nspname, m.typname)
                          from pg_type m join pg_namespace n on n.oid = m.typnamespace where m.oid = r.rngmultitypid) || ')'
                      from pg_range r where r.rngtypid = t.oid and r.rngcanonical::oid = 0), '')
       else '' end,
       'drop type if exists ' || t.quoted, t.quoted
from named t
where t.typtype in ('e', 'd', 'r', 'b')
   or (t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
order by t.oid)";

struct domain_check_row {
    std::string schema;
    std::string domain;
    std::string name;
    std::string statement;
};

/// Checks of domains that are not valid. COPY applies them to rows that the source has had before the check.
inline constexpr char late_checks[] = R"(
select n.nspname::text, t.typname::text, k.conname::text,
       format('alter domain %I.%I add constraint %I %s', n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid))
from pg_constraint k join pg_type t on t.oid = k.contypid join pg_namespace n on n.oid = t.typnamespace
where k.contype = 'c' and not k.convalidated
order by t.oid, k.conname)";

/// Functions in SQL and PL/pgSQL are migrated.
inline constexpr char functions[] = R"(
select 'p' || p.oid, case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
       n.nspname::text, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
       case when p.prokind in ('f', 'p') and l.lanname in ('sql', 'plpgsql')
            then regexp_replace(pg_get_functiondef(p.oid), '^CREATE OR REPLACE ', 'CREATE ') else '' end,
       'drop ' || case p.prokind when 'p' then 'procedure' else 'function' end || ' if exists ' || quote_ident(n.nspname) || '.'
       || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
       format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes))
from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'pgcoro_migrate')
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))
order by p.oid)";

struct need_row {
    std::string node;
    std::string needed; // as above, or "r" with the oid of a table, view or sequence
};

/// What types and functions need. A domain's constraints are part of it, and an array is part of its element's type.
inline constexpr char needs[] = R"(
with node as (
    select d.*, (select t.typrelid from pg_type t join pg_class c on c.oid = t.typrelid
                 where d.refclassid = 'pg_type'::regclass and c.relkind <> 'c'
                   and (t.oid = d.refobjid or t.typarray = d.refobjid)) as row_of
    from pg_depend d where d.deptype in ('n', 'a') and (d.objid >= 16384 or d.refobjid >= 16384)),
pair as (
    select case d.classid when 'pg_proc'::regclass then 'p' || d.objid
                          when 'pg_constraint'::regclass
                          then 't' || (select nullif(k.contypid, 0) from pg_constraint k where k.oid = d.objid)
                          when 'pg_class'::regclass
                          then 't' || (select c.reltype from pg_class c where c.oid = d.objid and c.relkind = 'c')
                          else 't' || d.objid end as node,
           case when d.row_of is not null then 'r' || d.row_of
                when d.refclassid = 'pg_proc'::regclass then 'p' || d.refobjid
                when d.refclassid = 'pg_class'::regclass
                then coalesce((select 't' || c.reltype from pg_class c where c.oid = d.refobjid and c.relkind = 'c'), 'r' || d.refobjid)
                else 't' || coalesce((select t.oid from pg_type t where t.typarray = d.refobjid),
                                     (select r.rngtypid from pg_range r where r.rngmultitypid = d.refobjid), d.refobjid) end as needed
    from node d
    where d.classid in ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass)
      and d.refclassid in ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass))
select distinct node, needed from pair where node is not null and needed is not null and node <> needed)";

} // namespace migrate::catalogue
