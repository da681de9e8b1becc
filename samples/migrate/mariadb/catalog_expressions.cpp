// SPDX-License-Identifier: BSL-1.0
#include "mariadb/catalog_expressions.hpp"

#include "mariadb/collation.hpp"
#include "mariadb/expression_translator.hpp"
#include "mariadb/wanted_type.hpp"

#include <algorithm>

namespace migrate::mariadb {
namespace {

value_kind kind_of(const std::string& type) {
    switch (parse_target_type(type).family) {
    case target_family::boolean: return value_kind::boolean;
    case target_family::integer:
    case target_family::numeric: return value_kind::number;
    case target_family::real:
    case target_family::double_precision: return value_kind::floating;
    case target_family::text: return value_kind::text;
    case target_family::date:
    case target_family::timestamp: return value_kind::moment;
    default: return value_kind::other; // of timestamptz too: a literal would depend on the session's time zone
    }
}

class translator {
public:
    translator(catalog_tables& tables, const column_roles& roles, default_style style)
        : tables_(tables), roles_(roles), style_(style) {}

    void translate(table& t) const {
        const operand_lookup look_up = [&](const std::string& name) { return operand_named(t, name); };
        for (column& c : t.columns) {
            translate(t, c, look_up);
        }
        for (check& c : t.checks) {
            c.condition.postgres = translate_expression(c.condition.source, value_kind::boolean, look_up).value_or("");
        }
    }

private:
    std::string type_of(const table& t, const column& c) const {
        return default_type(c.type, roles_.of(t.name, c.name)).value_or("");
    }

    std::optional<operand> operand_named(const table& t, const std::string& name) const {
        const auto found = std::find_if(t.columns.begin(), t.columns.end(), [&](const column& c) { return c.name == name; });
        // PostgreSQL's generated columns cannot use one another.
        if (found == t.columns.end() || tables_.raw(t, *found).generated) {
            return std::nullopt;
        }
        return operand{kind_of(type_of(t, *found)), ignores_differences(found->collation)};
    }

    void translate(const table& t, column& c, const operand_lookup& look_up) const {
        const raw_column& raw = tables_.raw(t, c);
        if (raw.generated) {
            c.generated = expression{
                *raw.generated,
                translate_expression(*raw.generated, kind_of(type_of(t, c)), look_up, expression_use::generated).value_or("")};
        } else if (raw.default_value && !c.counted) {
            c.default_value = translate_default(*raw.default_value, style_, raw.extra, c.type, type_of(t, c));
        }
    }

    catalog_tables& tables_;
    const column_roles& roles_;
    default_style style_;
};

} // namespace

void translate_expressions(catalog_tables& tables, const column_roles& roles, default_style style) {
    const translator by(tables, roles, style);
    for (table& t : tables.schema().tables) {
        by.translate(t);
    }
}

} // namespace migrate::mariadb
