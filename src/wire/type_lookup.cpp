// SPDX-License-Identifier: BSL-1.0
#include "wire/type_lookup.hpp"

#include <pgcoro/row.hpp>
#include <pgcoro/types/array.hpp>
#include <pgcoro/types/boolean.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <tuple>
#include <utility>

namespace pgcoro::wire {
namespace {

// $1 names, $2 numbers, $3 what is known without asking. "PostgreSQL: System Catalogs", pg_type, pg_range, pg_attribute; only
// arrays proper have an element type that says what is in them. A column of a domain comes as what the domain is made of, so
// the domains over a type belong to it; pg_depend finds them by an index. 12 is the language of the server's own functions.
constexpr std::string_view sql = R"(
with recursive wanted(oid) as (
    (select pg_catalog.to_regtype(n)::pg_catalog.oid from pg_catalog.unnest($1::pg_catalog.text[]) n
     union select o from pg_catalog.unnest($2::pg_catalog.oid[]) o)
  union
    select part.oid
    from wanted w join pg_catalog.pg_type t on t.oid = w.oid cross join lateral (
        select t.typbasetype
        union all select t.typarray
        union all select t.typelem where t.typcategory = 'A'
        union all select a.atttypid from pg_catalog.pg_attribute a
                  where t.typrelid <> 0 and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        union all select case t.oid when r.rngtypid then r.rngsubtype else r.rngtypid end
                  from pg_catalog.pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
        union all select d.oid from pg_catalog.pg_depend p join pg_catalog.pg_type d on d.oid = p.objid
                  where p.refclassid = 1247 and p.refobjid = t.oid and p.classid = 1247 and d.typtype = 'd'
    ) part(oid)
    where part.oid <> 0 and part.oid <> all ($3::pg_catalog.oid[])
)
select t.oid, t.typarray, case t.typcategory when 'A' then t.typelem else 0::pg_catalog.oid end, t.typbasetype,
       coalesce((select case t.oid when r.rngtypid then r.rngsubtype else r.rngtypid end
                 from pg_catalog.pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)), 0::pg_catalog.oid),
       n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid), t.typtype,
       array(select a.atttypid from pg_catalog.pg_attribute a
             where t.typrelid <> 0 and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum),
       array(select a.attname from pg_catalog.pg_attribute a
             where t.typrelid <> 0 and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum),
       coalesce((select case when p.prolang = 12 and p.prosrc in ('textsend', 'varcharsend', 'bpcharsend', 'namesend')
                             then 't' else 'o' end
                 from pg_catalog.pg_proc p where p.oid = t.typsend), 'n')
from wanted w join pg_catalog.pg_type t on t.oid = w.oid join pg_catalog.pg_namespace n on n.oid = t.typnamespace)";

using row = std::tuple<oid_number, oid_number, oid_number, oid_number, oid_number, std::string, std::string, bool, std::string,
                       std::vector<oid_number>, std::vector<std::string>, std::string>;

} // namespace

type_lookup::type_lookup(std::function<void()> finished)
    : request(text_, values_), text_(sql, 3), finished_(std::move(finished)) {}

void type_lookup::ask(const detail::wanted_types& wanted) {
    values_ = {};
    values_.push_back(wanted.names);
    values_.push_back(wanted.numbers);
    values_.push_back(detail::built_in_oids());
    types_.clear();
    outcome = {};
    at = stage::waiting;
    retried = false;
}

bool type_lookup::consume(std::size_t, detail::result_handle& r, const detail::type_catalogue_ptr&) {
    std::vector<row> rows;
    outcome = detail::decode_rows(detail::result_view(r.get()), rows);
    for (auto& [oid, array, element, base, subtype, schema, name, visible, kind, attributes, names, sent_as] : rows) {
        types_.push_back({oid, array, element, base, subtype, std::move(schema), std::move(name), visible,
                          kind.empty() ? 'b' : kind.front(), std::move(attributes), std::move(names),
                          sent_as == "n"   ? detail::binary_output::none
                          : sent_as == "t" ? detail::binary_output::text
                                           : detail::binary_output::other});
    }
    return false;
}

} // namespace pgcoro::wire
