// SPDX-License-Identifier: BSL-1.0
#include "sql_text.hpp"

#include <pgcoro/quote.hpp>

namespace migrate {
namespace {

constexpr std::size_t longest_name = 63;

void append(std::string& list, const std::string& item) { list += (list.empty() ? "" : ", ") + item; }

} // namespace

bool is_name(std::string_view name) { return name.size() <= longest_name && pgcoro::quote_identifier(name).has_value(); }

std::string sql_name(std::string_view name) { return pgcoro::quote_identifier(name).value(); }

std::string sql_name(const object_name& name) {
    return name.schema.empty() ? sql_name(name.name) : sql_name(name.schema) + "." + sql_name(name.name);
}

std::string sql_names(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        append(list, sql_name(name));
    }
    return list;
}

std::string literal(std::string_view value) { return pgcoro::quote_literal(value).value(); }

std::string copied_columns(const table_plan& t) {
    std::string list;
    for (const column_plan& c : t.columns) {
        if (!c.is_generated) {
            append(list, sql_name(c.from->name));
        }
    }
    return list;
}

} // namespace migrate
