// SPDX-License-Identifier: BSL-1.0
#include "ddl.hpp"

#include "sql_text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace migrate {
namespace {

/// The limits of a sequence are those of the type, so another type has others.
std::string identity_text(const identity& i, bool has_other_type) {
    std::string options = has_other_type ? "" : i.options;
    if (options.empty() && i.increment != 1) {
        options = "increment by " + std::to_string(i.increment);
    }
    if (i.sequence) {
        options = "sequence name " + sql_name(*i.sequence) + (options.empty() ? "" : " ") + options;
    }
    return std::string(" generated ") + (i.is_always ? "always" : "by default") + " as identity" +
           (options.empty() ? "" : " (" + options + ")");
}

std::string column_text(const column_plan& c) {
    const column& from = *c.from;
    std::string text = sql_name(from.name) + " " + c.mapping.type;
    if (!c.mapping.collation.empty()) {
        text += " collate " + c.mapping.collation;
    }
    if (c.is_generated) {
        text += " generated always as (" + from.generated->postgres + ") stored";
    } else if (from.counted) {
        text += identity_text(*from.counted, c.is_overridden);
    } else if (!c.default_text().empty()) {
        text += " default " + c.default_text();
    }
    if (from.is_required && !c.mapping.may_become_null) {
        text += " not null";
    }
    if (!c.mapping.check.empty()) {
        text += " check (" + c.mapping.check + ")";
    }
    return text;
}

/// What a partition has otherwise than its table.
std::string partition_columns(const table_plan& t, const table_plan& parent) {
    std::string list;
    for (const column_plan& c : t.columns) {
        const column_plan* of_parent = parent.find_column(c.from->name);
        if (!of_parent || c.is_generated || c.from->counted) {
            continue;
        }
        std::string options;
        if (c.default_text() != of_parent->default_text()) {
            options += " default " + (c.default_text().empty() ? "null" : c.default_text());
        }
        if (c.from->is_required && !of_parent->from->is_required) {
            options += " not null";
        }
        if (!options.empty()) {
            list += (list.empty() ? " (" : ", ") + sql_name(c.from->name) + " with options" + options;
        }
    }
    return list.empty() ? "" : list + ")";
}

statement make_table(const table_plan& t, const table_plan* parent) {
    std::string text = std::string("create ") + (t.from->is_unlogged ? "unlogged " : "") + "table " + sql_name(t.target);
    if (parent) {
        text += " partition of " + sql_name(parent->target) + partition_columns(t, *parent) + " " + t.from->partition_bounds;
    } else {
        text += " (";
        for (const column_plan& c : t.columns) {
            text += (&c == t.columns.data() ? "\n    " : ",\n    ") + column_text(c);
        }
        text += t.columns.empty() ? ")" : "\n)";
    }
    if (!t.from->partition_by.empty()) {
        text += " partition by " + t.from->partition_by;
    }
    return {"table " + describe(t.target), std::move(text), {}, sql_name(t.target)};
}

std::string add_constraint(const table_plan& t, const std::string& name, const std::string& definition) {
    return "alter table " + sql_name(t.target) + " add " + (name.empty() ? "" : "constraint " + sql_name(name) + " ") +
           definition;
}

std::string key_text(const key& k, const char* kind) {
    return k.definition.empty() ? std::string(kind) + " (" + sql_names(k.columns) + ")" : k.definition;
}

std::string index_text(const table_plan& t, const index& i) {
    if (!i.definition.empty()) {
        return i.definition;
    }
    std::string parts;
    for (const index_part& p : i.parts) {
        parts += parts.empty() ? "" : ", ";
        parts += p.computed ? "(" + p.computed->postgres + ")" : sql_name(p.column);
        parts += p.is_descending ? " desc" : "";
    }
    return std::string("create ") + (i.is_unique ? "unique " : "") + "index " + sql_name(i.name) + " on " + sql_name(t.target) +
           " using " + i.method + " (" + parts + ")" + (i.predicate ? " where " + i.predicate->postgres : "");
}

/// Whether it is a partition of `t`, or of one of its partitions, at the target too.
bool is_part_of(const migration_plan& plan, const object_name& part, const table_plan& t) {
    const table_plan* at = plan.find(part);
    while (at && at->from->name != t.from->name) {
        at = at->from->parent ? plan.find(*at->from->parent) : nullptr;
    }
    return at != nullptr;
}

/// A key or an index, with those of the partitions: the server would choose other names for them. `sql` is what makes any
/// other.
std::string with_partitions(const migration_plan& plan, const table_plan& t, bool is_key, const std::string& name,
                            std::string sql) {
    const auto found = std::ranges::find_if(t.from->partitioned_indexes,
                                            [&](const partitioned_index& i) { return i.is_key == is_key && i.name == name; });
    if (found == t.from->partitioned_indexes.end()) {
        return sql;
    }
    sql = found->statement;
    for (const auto& part : found->parts) {
        if (is_part_of(plan, part.table, t)) {
            sql += "; " + part.statement;
        }
    }
    return sql;
}

/// What people and the bookkeeping call the step that makes a key or a check, and an index.
std::string constraint_step(const table_plan& t, const std::string& name) {
    return "constraint " + describe(t.target) + " " + name;
}
std::string index_step(const table_plan& t, const std::string& name) { return "index " + t.target.schema + "." + name; }

/// Whether the key or index that an addition belongs to is made with the whole of which it is a part.
bool is_made(const migration_plan& plan, const addition& a) {
    if (!a.part_of) {
        return true;
    }
    const auto& [table, name, is_key] = *a.part_of;
    const table_plan* const whole = plan.find(table);
    if (!whole || !is_part_of(plan, a.of, *whole)) {
        return false;
    }
    if (is_key) {
        return !plan.left_out.contains(constraint_step(*whole, name));
    }
    const auto found = std::ranges::find(whole->from->indexes, name, &index::name);
    return found != whole->from->indexes.end() && can_be_made(*found) && !plan.left_out.contains(index_step(*whole, name));
}

std::string reference_text(const foreign_key& f, const table_plan& to) {
    if (!f.definition.empty()) {
        return f.definition;
    }
    const auto action = [](const char* when, const std::string& what) { return what.empty() ? "" : when + what; };
    return "foreign key (" + sql_names(f.columns) + ") references " + sql_name(to.target) +
           (f.referenced_columns.empty() ? "" : " (" + sql_names(f.referenced_columns) + ")") +
           action(" on update ", f.on_update) + action(" on delete ", f.on_delete);
}

std::vector<statement> wanted(const migration_plan& plan, std::vector<statement> all) {
    std::erase_if(all, [&](const statement& s) { return plan.left_out.contains(s.what); });
    return all;
}

void add_comment(std::vector<statement>& out, const std::string& kind, const std::string& name, const std::string& text) {
    if (!text.empty()) {
        out.push_back({"comment on " + kind + " " + name, "comment on " + kind + " " + name + " is " + literal(text)});
    }
}

/// A sequence that has given its last value has no next one.
std::string next_value_text(const table_plan& t, const column_plan& c) {
    const std::string next = std::to_string(c.from->counted->next);
    const std::string is_there = c.from->counted->is_spent ? "false" : next + " between s.seqmin and s.seqmax";
    const std::string last = c.from->counted->is_spent ? next : next + " - s.seqincrement";
    return "select setval(s.seqrelid::regclass, case when " + is_there + " then " + next + " else " + last + " end, not " +
           is_there + ") from pg_sequence s where s.seqrelid = pg_get_serial_sequence(" + literal(sql_name(t.target)) + ", " +
           literal(c.from->name) + ")::regclass";
}

void add_next_values(std::vector<statement>& out, const migration_plan& plan) {
    for (const table_plan& t : plan.tables) {
        for (const column_plan& c : t.columns) {
            if (c.from->counted && !t.from->parent) {
                out.push_back({"next value of " + describe(t.target) + "." + c.from->name, next_value_text(t, c)});
            }
        }
    }
    for (const sequence& s : plan.from->sequences) {
        const std::string name = sql_name(s.name);
        const table_plan* owner = s.owner_table ? plan.find(*s.owner_table) : nullptr;
        std::string sql =
            "select setval(" + literal(name) + ", " + std::to_string(s.last) + (s.is_called ? ", true)" : ", false)");
        if (owner) {
            sql += "; alter sequence " + name + " owned by " + sql_name(owner->target) + "." + sql_name(s.owner_column);
        }
        out.push_back({"next value of " + describe(s.name), std::move(sql)});
    }
}

} // namespace

std::vector<statement> before_data(const migration_plan& plan) {
    std::vector<statement> all;
    std::set<std::string> schemas(plan.from->namespaces.begin(), plan.from->namespaces.end());
    for (const table_plan& t : plan.tables) {
        schemas.insert(t.target.schema);
    }
    for (const sequence& s : plan.from->sequences) {
        schemas.insert(s.name.schema); // which --schema does not move
    }
    for (const std::string& name : schemas) {
        all.push_back({"schema " + name, "create schema if not exists " + sql_name(name)});
    }
    const auto add_prerequisites = [&](bool is_of_tables) {
        for (const prerequisite& p : plan.from->prerequisites) {
            if (p.needs.empty() != is_of_tables && plan.can_be_made(p)) {
                all.push_back({p.kind + " " + describe(p.name), p.statement, p.undo});
            }
        }
    };
    // Arguments of functions can have defaults with the next value of a sequence.
    for (const sequence& s : plan.from->sequences) {
        const std::string name = sql_name(s.name);
        all.push_back({"sequence " + describe(s.name), "create sequence " + name + " " + s.options,
                       "drop sequence if exists " + name, name});
    }
    add_prerequisites(false);
    std::string names;
    for (const table_plan& t : plan.tables) {
        all.push_back(make_table(t, t.from->parent ? plan.find(*t.from->parent) : nullptr));
        names += (names.empty() ? "" : ", ") + sql_name(t.target);
    }
    if (!plan.tables.empty()) {
        all.back().undo = "drop table if exists " + names; // all at once, as foreign keys lead from one to another
    }
    add_prerequisites(true);
    return all;
}

std::vector<statement> keys_of(const migration_plan& plan, const table_plan& t) {
    std::vector<statement> all;
    const auto add = [&](const std::string& name, const std::string& definition) {
        all.push_back({constraint_step(t, name.empty() ? definition : name),
                       with_partitions(plan, t, true, name, add_constraint(t, name, definition))});
    };
    if (t.from->primary_key) {
        add(t.from->primary_key->name, key_text(*t.from->primary_key, "primary key"));
    }
    for (const key& k : t.from->uniques) {
        add(k.name, key_text(k, "unique"));
    }
    for (const check& c : t.from->checks) {
        if (!c.definition.empty()) {
            add(c.name, c.definition);
        } else if (!c.condition.postgres.empty()) {
            add(c.name, "check (" + c.condition.postgres + ")");
        }
    }
    return wanted(plan, std::move(all));
}

std::vector<statement> indexes_of(const migration_plan& plan, const table_plan& t) {
    std::vector<statement> all;
    for (const index& i : t.from->indexes) {
        if (can_be_made(i)) {
            all.push_back({index_step(t, i.name), with_partitions(plan, t, false, i.name, index_text(t, i))});
        }
    }
    return wanted(plan, std::move(all));
}

std::vector<reference> references_of(const migration_plan& plan, const table_plan& t) {
    std::vector<reference> all;
    for (const foreign_key& f : t.from->foreign_keys) {
        if (const table_plan* to = plan.find(f.referenced)) {
            reference r;
            r.made_by = {"foreign key " + describe(t.target) + " " + f.name, add_constraint(t, f.name, reference_text(f, *to))};
            r.to = to;
            if (!plan.left_out.contains(r.made_by.what)) {
                all.push_back(std::move(r));
            }
        }
    }
    return all;
}

std::vector<statement> after_all(const migration_plan& plan) {
    std::vector<statement> all;
    add_next_values(all, plan);
    for (const view& v : plan.from->views) {
        if (v.query.postgres.empty()) {
            continue;
        }
        const std::string kind = v.is_materialized ? "materialized view" : "view";
        object_name name = v.name;
        if (name.schema.empty() || (plan.from->namespaces.empty() && !plan.tables.empty())) {
            name.schema = plan.tables.empty() ? "public" : plan.tables.front().target.schema;
        }
        const std::string text = "create " + kind + " " + sql_name(name) + " as " + v.query.postgres;
        // What it computes of empty tables may be an error.
        const std::string empty = v.is_materialized ? text + " with no data" : "";
        all.push_back({kind + " " + describe(name), v.is_populated ? text : empty,
                       "drop " + kind + " if exists " + sql_name(name), sql_name(name), empty});
        add_comment(all, kind, sql_name(name), v.comment);
        for (const index& i : v.indexes) {
            all.push_back({"index " + name.schema + "." + i.name, i.definition});
            add_comment(all, "index", sql_name({name.schema, i.name}), i.comment);
        }
    }
    for (const table_plan& t : plan.tables) {
        add_comment(all, "table", sql_name(t.target), t.from->comment);
        for (const column_plan& c : t.columns) {
            add_comment(all, "column", sql_name(t.target) + "." + sql_name(c.from->name), c.from->comment);
        }
        for (const index& i : t.from->indexes) {
            if (can_be_made(i)) {
                add_comment(all, "index", sql_name({t.target.schema, i.name}), i.comment);
            }
        }
    }
    for (const addition& a : plan.from->additions) {
        const bool is_of_view = std::ranges::find(plan.from->views, a.of, &view::name) != plan.from->views.end();
        // No table has the name of a domain, as each has a type of its name.
        const auto is_its_domain = [&](const prerequisite& p) {
            return p.kind == "domain" && p.name == a.of && plan.can_be_made(p);
        };
        const bool has_owner = is_of_view || plan.find(a.of) || std::ranges::any_of(plan.from->prerequisites, is_its_domain);
        if (has_owner && is_made(plan, a)) {
            all.push_back({a.what, a.statement});
        }
    }
    return wanted(plan, std::move(all));
}

} // namespace migrate
