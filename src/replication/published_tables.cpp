// SPDX-License-Identifier: BSL-1.0
#include "replication/published_tables.hpp"

#include <pgcoro/quote.hpp>
#include <pgcoro/transaction.hpp>
#include <pgcoro/types/array.hpp>
#include <pgcoro/types/boolean.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

namespace pgcoro {
namespace {

std::string quoted_name(std::string_view name) { return quote_identifier(name).value(); }

std::string list_of(const std::vector<std::string>& columns) {
    std::string list;
    for (const auto& column : columns) {
        list.append(list.empty() ? "" : ", ").append(quoted_name(column));
    }
    return list;
}

std::string_view format_of(const published_table& table) noexcept {
    return table.is_text ? "(format text)" : "(format binary)";
}

} // namespace

std::string published_table::copy_out_statement() const {
    // Rows of inheriting tables belong to these; those of partitions to their root.
    return "copy (select " + list_of(columns) + " from " + (is_partitioned ? "" : "only ") + quoted_name(schema) + "." +
           quoted_name(name) + (row_filter.empty() ? "" : " where " + row_filter) + ") to stdout " +
           std::string(format_of(*this));
}

std::string published_table::copy_in_statement() const {
    return "copy " + quoted_name(schema) + "." + quoted_name(name) + " (" + list_of(columns) + ") from stdin " +
           std::string(format_of(*this));
}

namespace replication {

// pgoutput sends a value as text if its own type has no binary output. It does not look into arrays, ranges and composites, and
// fails at the first of their values: a copy in the text format would only put that off.
task<std::vector<published_table>> published_tables(transaction& tx, const std::vector<std::string>& publications,
                                                    bool binary) {
    // Older servers do not have the columns attnames and rowfilter. Several filters of one table are alternatives. A partition
    // is left out if one of its ancestors is published: its rows are the ancestor's, as they are in the stream.
    BOOST_OUTCOME_CO_TRY(auto tables, co_await tx.fetch<published_table>(R"(
        with published as (
            select t.schemaname, t.tablename, to_jsonb(t) ->> 'rowfilter' as filter, to_jsonb(t) -> 'attnames' as names
            from pg_catalog.pg_publication_tables t where t.pubname = any($1))
        select p.schemaname::text, p.tablename::text,
               columns.names,
               case when bool_or(p.filter is null) then '' else string_agg(distinct '(' || p.filter || ')', ' or ') end,
               c.relkind = 'p',
               greatest(c.reltuples, 0)::int8,
               (select coalesce(bool_or(not i.is_part or not $2) and not bool_or(i.is_part and $2), false) from (
                   with recursive inside(type, is_part) as (
                       select pg_catalog.unnest(columns.types), false
                     union
                       select part.type, i.is_part or t.typsend <> 0
                       from inside i join pg_catalog.pg_type t on t.oid = i.type cross join lateral (
                           select t.typbasetype
                           union all select t.typelem where t.typcategory = 'A'
                           union all select a.atttypid from pg_catalog.pg_attribute a
                                     where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                           union all select r.rngsubtype from pg_catalog.pg_range r
                                     where t.typtype in ('r', 'm') and t.oid in (r.rngtypid, r.rngmultitypid)
                       ) part(type)
                       where part.type <> 0)
                   select i.is_part from inside i join pg_catalog.pg_type t on t.oid = i.type
                   where t.typsend = 0 or t.typreceive = 0) i)
        from published p
             join pg_catalog.pg_namespace n on n.nspname = p.schemaname
             join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
             cross join lateral (
                 select coalesce(array_agg(a.attname::text order by a.attnum), '{}') as names,
                        array_agg(a.atttypid order by a.attnum) as types
                 from pg_catalog.pg_attribute a
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                   and exists (select from published o where o.schemaname = p.schemaname and o.tablename = p.tablename
                               and (o.names is null or jsonb_typeof(o.names) = 'null' or o.names ? a.attname))) columns
        where not exists (
            select from pg_catalog.pg_partition_ancestors(c.oid) a(relid)
                 join pg_catalog.pg_class ac on ac.oid = a.relid
                 join pg_catalog.pg_namespace an on an.oid = ac.relnamespace
                 join published o on o.schemaname = an.nspname and o.tablename = ac.relname
            where a.relid <> c.oid)
        group by p.schemaname, p.tablename, c.oid, c.relkind, c.reltuples, columns.names, columns.types
        order by pg_catalog.pg_total_relation_size(c.oid) desc, p.schemaname, p.tablename)",
                                                                         publications, binary));
    co_return tables;
}

} // namespace replication
} // namespace pgcoro
