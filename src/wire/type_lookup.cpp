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
constexpr std::string_view types_sql = R"(
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

// $1 types, $2 numbers. A number that is no object's is printed as it is. regdatabase is unknown to older servers.
constexpr std::string_view objects_sql = R"(
select w.type, w.object, case w.type
    when 24 then w.object::pg_catalog.regproc::pg_catalog.text
    when 2202 then w.object::pg_catalog.regprocedure::pg_catalog.text
    when 2203 then w.object::pg_catalog.regoper::pg_catalog.text
    when 2204 then w.object::pg_catalog.regoperator::pg_catalog.text
    when 2205 then w.object::pg_catalog.regclass::pg_catalog.text
    when 2206 then w.object::pg_catalog.regtype::pg_catalog.text
    when 3734 then w.object::pg_catalog.regconfig::pg_catalog.text
    when 3769 then w.object::pg_catalog.regdictionary::pg_catalog.text
    when 4089 then w.object::pg_catalog.regnamespace::pg_catalog.text
    when 4096 then w.object::pg_catalog.regrole::pg_catalog.text
    when 4191 then w.object::pg_catalog.regcollation::pg_catalog.text
    when 6490 then coalesce(case w.object when 0 then '-' end, (select pg_catalog.quote_ident(d.datname)
                             from pg_catalog.pg_database d where d.oid = w.object), w.object::pg_catalog.text)
    else w.object::pg_catalog.text end
from rows from (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.oid[])) w(type, object))";

using object_row = std::tuple<oid_number, oid_number, std::string>;

using row = std::tuple<oid_number, oid_number, oid_number, oid_number, oid_number, std::string, std::string, bool, std::string,
                       std::vector<oid_number>, std::vector<std::string>, std::string>;

} // namespace

type_lookup::type_lookup(std::function<void()> finished)
    : request(1), types_text_(types_sql, 3), objects_text_(objects_sql, 2), finished_(std::move(finished)) {
    is_own = true;
}

const detail::statement_text& type_lookup::text_of(std::size_t step) const noexcept {
    return is_about_types(step) ? types_text_ : objects_text_;
}

const parameters& type_lookup::values_of(std::size_t step) const noexcept {
    return is_about_types(step) ? types_values_ : objects_values_;
}

void type_lookup::ask(const detail::wanted_types& wanted) {
    const bool asks_objects = !wanted.objects.empty();
    asks_types_ = !asks_objects || !wanted.names.empty() || !wanted.numbers.empty();
    set_steps((asks_types_ ? 1U : 0U) + (asks_objects ? 1U : 0U));
    types_values_ = {};
    types_values_.push_back(wanted.names);
    types_values_.push_back(wanted.numbers);
    types_values_.push_back(detail::built_in_oids());
    std::vector<oid_number> types;
    std::vector<oid_number> objects;
    for (const auto& [type, object] : wanted.objects) {
        types.push_back(type);
        objects.push_back(object);
    }
    objects_values_ = {};
    objects_values_.push_back(types);
    objects_values_.push_back(objects);
    rewind();
    outcome = {};
    at = stage::waiting;
    retried = false;
}

bool type_lookup::consume(std::size_t step, detail::result_handle& r, const detail::type_catalogue_ptr&) {
    const detail::result_view result(r.get());
    error failure;
    if (is_about_types(step)) {
        std::vector<row> rows;
        failure = detail::decode_rows(result, rows);
        for (auto& [oid, array, element, base, subtype, schema, name, visible, kind, attributes, names, sent_as] : rows) {
            types_.push_back({oid, array, element, base, subtype, std::move(schema), std::move(name), visible,
                              kind.empty() ? 'b' : kind.front(), std::move(attributes), std::move(names),
                              sent_as == "n"   ? detail::binary_output::none
                              : sent_as == "t" ? detail::binary_output::text
                                               : detail::binary_output::other});
        }
    } else {
        std::vector<object_row> rows;
        failure = detail::decode_rows(result, rows);
        for (auto& [type, object, name] : rows) {
            objects_.push_back({{type, object}, std::move(name)});
        }
    }
    outcome = outcome ? outcome : failure;
    return false;
}

} // namespace pgcoro::wire
