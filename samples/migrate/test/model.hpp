// SPDX-License-Identifier: BSL-1.0
// Schemas and plans that tests are made of.
#pragma once

#include "migration_plan.hpp"
#include "target_type.hpp"

#include <string>

namespace migrate {

inline table table_named(const std::string& name) {
    table t;
    t.name = {"shop", name};
    return t;
}

inline column column_named(const std::string& name, const std::string& type) {
    column c;
    c.name = name;
    c.type.text = type;
    c.type.base = type;
    return c;
}

/// Every column becomes the type that it has. `s` must outlive the plan.
inline migration_plan plan_of(const schema& s) {
    migration_plan plan;
    plan.from = &s;
    for (const table& t : s.tables) {
        table_plan planned;
        planned.from = &t;
        planned.target = t.name;
        for (const column& c : t.columns) {
            column_plan of_column;
            of_column.from = &c;
            of_column.mapping = mapping_to(c.type.text);
            of_column.is_generated = c.generated && !c.generated->postgres.empty();
            planned.columns.push_back(of_column);
        }
        plan.tables.push_back(planned);
    }
    return plan;
}

} // namespace migrate
