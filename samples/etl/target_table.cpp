// SPDX-License-Identifier: BSL-1.0
#include "target_table.hpp"

#include "failure.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/quote.hpp>

#include <algorithm>

namespace etl {

const target_column* target_table::find(std::string_view column) const {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const target_column& c) { return c.name == column; });
    return found == columns.end() ? nullptr : &*found;
}

std::string quote_name(std::string_view name) { return pgcoro::quote_identifier(name).value(); }

bool is_name(std::string_view name) { return name.size() <= 63 && pgcoro::quote_identifier(name).has_value(); }

pgcoro::task<target_table> describe_target(pgcoro::connection& db, const placed& table) {
    const auto dot = table.text.find('.');
    const std::string schema = dot == std::string::npos ? "" : table.text.substr(0, dot);
    const std::string name = dot == std::string::npos ? table.text : table.text.substr(dot + 1);
    if (!is_name(name) || (dot != std::string::npos && !is_name(schema))) {
        co_return fail(failure::bad_pipeline, "\"" + table.text + "\" is no name of a table");
    }
    target_table t;
    t.name = table.text;
    t.quoted = (schema.empty() ? "" : quote_name(schema) + ".") + quote_name(name);
    BOOST_OUTCOME_CO_TRY(t.columns,
                         co_await db.fetch<target_column>("select attname::text, format_type(atttypid, -1), attnotnull "
                                                          "from pg_attribute where attrelid = to_regclass($1) and attnum > 0 "
                                                          "and not attisdropped order by attnum",
                                                          t.quoted));
    if (t.columns.empty()) {
        co_return fail(failure::bad_pipeline, "the target has no table \"" + table.text + "\"");
    }
    co_return t;
}

} // namespace etl
