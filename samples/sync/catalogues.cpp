// SPDX-License-Identifier: BSL-1.0
#include "catalogues.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <tuple>

namespace data_sync {
namespace {

using names = std::vector<std::string>;

struct published_column {
    std::string schema;
    std::string table;
    bool identifies_rows;
    names key;
    std::string name;
    std::string type;
    std::string full_type;
    std::optional<std::string> missing_value;
    std::optional<std::string> default_expression;
};

// format_type(..., -1), as format_type(..., null) gives "character", which means character(1).
// A list of columns: since PostgreSQL 15.
constexpr char published_columns[] = R"(
    select p.schemaname::text, p.tablename::text,
           c.relreplident = 'f' or cardinality(key.columns) > 0,
           key.columns, a.attname::text,
           pg_catalog.format_type(a.atttypid, -1), pg_catalog.format_type(a.atttypid, a.atttypmod),
           case when a.atthasmissing then (a.attmissingval::text::text[])[1] end,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid)
    from (select t.schemaname, t.tablename, to_jsonb(t) -> 'attnames' as names
          from pg_catalog.pg_publication_tables t where t.pubname = $1) p
         join pg_catalog.pg_namespace n on n.nspname = p.schemaname
         join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
         cross join lateral (select array(
             select k.attname::text from pg_catalog.pg_index i
                    join pg_catalog.pg_attribute k on k.attrelid = i.indrelid and k.attnum = any(i.indkey::int2[])
             where i.indrelid = c.oid and (i.indisprimary and c.relreplident = 'd' or i.indisreplident and c.relreplident = 'i')
             order by k.attnum) as columns) key
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
              and (p.names is null or jsonb_typeof(p.names) = 'null' or p.names ? a.attname)
         left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    order by 1, 2, a.attnum)";

// [0] name, type, full type, may be left out, is generated, is fixed
constexpr char target_columns[] = R"(
    select a.attname::text, pg_catalog.format_type(a.atttypid, -1), pg_catalog.format_type(a.atttypid, a.atttypmod),
           not a.attnotnull or a.atthasdef or a.attidentity <> '', a.attgenerated <> '', a.attidentity = 'a'
    from pg_catalog.pg_namespace n
         join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = $1 and c.relname = $2
    order by a.attnum)";

constexpr char target_keys[] = R"(
    select i.indisprimary, array(
        select a.attname::text from pg_catalog.pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1]) order by a.attname::text)
    from pg_catalog.pg_namespace n
         join pg_catalog.pg_class c on c.relnamespace = n.oid
         join pg_catalog.pg_index i on i.indrelid = c.oid
    where n.nspname = $1 and c.relname = $2 and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null
          and i.indexprs is null)";

} // namespace

pgcoro::task<std::vector<source_table>> read_published_tables(pgcoro::connection& source, std::string publication) {
    BOOST_OUTCOME_CO_TRY(auto columns, co_await source.fetch<published_column>(published_columns, publication));
    std::vector<source_table> tables;
    for (auto& c : columns) {
        if (tables.empty() || tables.back().schema != c.schema || tables.back().name != c.table) {
            auto& made = tables.emplace_back();
            made.schema = c.schema;
            made.name = c.table;
            made.identifies_rows = c.identifies_rows;
            made.key = c.key;
        }
        tables.back().columns.push_back({std::move(c.name), std::move(c.type), std::move(c.full_type),
                                         std::move(c.missing_value), std::move(c.default_expression)});
    }
    co_return tables;
}

template <class Session>
pgcoro::task<std::optional<target_table>> read_target(Session& target, std::string schema, std::string name) {
    BOOST_OUTCOME_CO_TRY(auto columns, co_await target.template fetch<target_column>(target_columns, schema, name));
    if (columns.empty()) {
        co_return std::optional<target_table>();
    }
    using key = std::pair<bool, names>;
    BOOST_OUTCOME_CO_TRY(const auto keys, co_await target.template fetch<key>(target_keys, schema, name));
    target_table made;
    made.columns = std::move(columns);
    for (const auto& [is_primary, of_key] : keys) {
        if (is_primary) {
            made.primary_key = of_key;
        }
        made.unique_keys.push_back(of_key);
    }
    co_return std::optional<target_table>(std::move(made));
}

pgcoro::task<std::optional<target_table>> read_target_table(pgcoro::connection& target, std::string schema, std::string name) {
    co_return co_await read_target(target, std::move(schema), std::move(name));
}

pgcoro::task<std::optional<target_table>> read_target_table(pgcoro::transaction& target, std::string schema, std::string name) {
    co_return co_await read_target(target, std::move(schema), std::move(name));
}

} // namespace data_sync
