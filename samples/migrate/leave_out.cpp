// SPDX-License-Identifier: BSL-1.0
#include "leave_out.hpp"

#include "ddl.hpp"
#include "failure.hpp"

#include <algorithm>
#include <set>

namespace migrate {

std::vector<std::string> expressions_of(const migration_plan& plan, const table_plan& t, const column_plan& c) {
    std::vector<std::string> names;
    const std::string column = describe(t.target) + "." + c.from->name;
    if (c.is_generated) {
        const table_plan* parent = t.from->parent ? plan.find(*t.from->parent) : nullptr;
        const column_plan* of_parent = parent ? parent->find_column(c.from->name) : nullptr;
        if (!of_parent || !of_parent->is_generated) {
            names.push_back("generated column " + column);
        }
    } else if (!c.default_text().empty()) {
        names.push_back("default " + column);
    }
    return names;
}

namespace {

void leave_out_expression(migration_plan& plan, table_plan& t, column_plan& c) {
    const bool is_generated = c.is_generated;
    const std::string text = c.default_text();
    (is_generated ? c.is_generated : c.has_default) = false;
    for (table_plan& partition : plan.tables) {
        column_plan* of_partition = partition.from->parent == t.from->name ? partition.find_column(c.from->name) : nullptr;
        if (of_partition && (is_generated ? of_partition->is_generated : of_partition->default_text() == text)) {
            leave_out_expression(plan, partition, *of_partition);
        }
    }
}

/// Whether there is such an expression.
bool leave_out_expression(migration_plan& plan, const std::string& name) {
    for (table_plan& t : plan.tables) {
        for (column_plan& c : t.columns) {
            const auto known = expressions_of(plan, t, c);
            if (std::ranges::find(known, name) != known.end()) {
                leave_out_expression(plan, t, c);
                return true;
            }
        }
    }
    return false;
}

} // namespace

pgcoro::result<> leave_out(migration_plan& plan, const std::vector<std::string>& names) {
    if (names.empty()) {
        return pgcoro::success();
    }
    std::set<std::string> known;
    const auto add = [&](const std::vector<statement>& statements) {
        for (const statement& s : statements) {
            known.insert(s.what);
        }
    };
    for (const table_plan& t : plan.tables) {
        add(keys_of(plan, t));
        add(indexes_of(plan, t));
        for (const reference& r : references_of(plan, t)) {
            known.insert(r.made_by.what);
        }
    }
    add(after_all(plan));
    for (const std::string& name : names) {
        if (!known.contains(name) && !leave_out_expression(plan, name)) {
            return fail(failure::wrong_usage, "--leave-out: there is no \"" + name + "\"");
        }
        plan.left_out.insert(name);
        plan.notes.push_back({name, "left out on request"});
    }
    return pgcoro::success();
}

} // namespace migrate
