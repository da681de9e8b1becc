// SPDX-License-Identifier: BSL-1.0
#include "migration_plan.hpp"

#include "failure.hpp"
#include "sql_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace migrate {
namespace {

constexpr std::array<std::string_view, 6> system_columns{"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};

/// Null if there is none of that name.
auto* find_in(auto& columns, const std::string& name) {
    const auto found =
        std::ranges::find(columns, name, [](const column_plan& c) -> const std::string& { return c.from->name; });
    return found == columns.end() ? nullptr : &*found;
}

class planner {
public:
    planner(const source& from, const schema& s, const mapping_rules& rules) : from_(from), rules_(rules) {
        plan_.from = &s;
        plan_.notes = s.notes;
    }

    pgcoro::result<migration_plan> make() {
        if (!rules_.schema.empty() && !plan_.from->namespaces.empty()) {
            return fail(failure::wrong_usage,
                        "tables of PostgreSQL keep their schemas: definitions of views and constraints name them");
        }
        std::set<object_name> skipped;
        for (const table& t : plan_.from->tables) { // parents come before their partitions
            if (t.parent && skipped.contains(*t.parent)) {
                skipped.insert(t.name);
                plan_.notes.push_back({"table " + describe(t.name), "left out with " + describe(*t.parent)});
            } else if (is_skipped(t.name)) {
                skipped.insert(t.name);
                plan_.notes.push_back({"table " + describe(t.name), "left out on request"});
            } else {
                add(t);
            }
        }
        if (const std::string unused = unused_rules(); !unused.empty()) {
            return fail(failure::wrong_usage, "the source has no " + unused);
        }
        for (const table_plan& t : plan_.tables) {
            check_references(*t.from);
        }
        for (const prerequisite& p : plan_.from->prerequisites) {
            const auto is_lost = [&](const object_name& name) { return !plan_.find(name); };
            if (const auto lost = std::ranges::find_if(p.needs, is_lost); lost != p.needs.end()) {
                plan_.notes.push_back({p.kind + " " + describe(p.name),
                                       "is not migrated: it needs " + describe(*lost) + ", which is not migrated"});
            }
        }
        for (const view& v : plan_.from->views) {
            if (v.query.postgres.empty()) {
                plan_.notes.push_back({"view " + describe(v.name), "left out: " + v.query.source});
            }
        }
        return std::move(plan_);
    }

private:
    bool is_skipped(const object_name& name) {
        bool is = false;
        for (const std::string& form : {name.name, describe(name)}) {
            if (rules_.skipped.contains(form)) {
                used_.insert(form);
                is = true;
            }
        }
        return is;
    }

    void add(const table& t) {
        table_plan planned;
        planned.from = &t;
        planned.target = {rules_.schema.empty() ? t.name.schema : rules_.schema, t.name.name};
        if (planned.target.schema.empty()) {
            planned.target.schema = "public";
        }
        require_name("table " + describe(t.name), t.name.name);
        for (const column& c : t.columns) {
            add(planned, c);
        }
        plan_.tables.push_back(std::move(planned));
    }

    void add(table_plan& t, const column& c) {
        const std::string title = "table " + describe(t.from->name) + ", column " + c.name;
        require_name(title, c.name);
        if (std::ranges::find(system_columns, c.name) != system_columns.end()) {
            plan_.obstacles.push_back({title, "every table of PostgreSQL has a system column of this name"});
        }
        column_plan planned;
        planned.from = &c;
        const auto wanted = wanted_type(*t.from, c);
        planned.is_overridden = wanted.has_value();
        auto mapping = from_.map_type(*t.from, c, wanted);
        if (!mapping) {
            plan_.obstacles.push_back({title, mapping.error().message()});
            return;
        }
        planned.mapping = std::move(mapping).value();
        for (const std::string& text : planned.mapping.notes) {
            plan_.notes.push_back({title, text});
        }
        if (c.default_value && c.default_value->postgres.empty()) {
            plan_.notes.push_back({title, "the default is left out: " + c.default_value->source});
        }
        planned.is_generated = c.generated && !c.generated->postgres.empty();
        if (c.generated && !planned.is_generated) {
            plan_.notes.push_back({title, "becomes an ordinary column with the values that are there: it was generated as " +
                                              c.generated->source});
        }
        if (planned.is_generated) {
            generate_as_declared(*t.from, title, planned);
        }
        t.columns.push_back(std::move(planned));
    }

    /// The columns of a partition are generated as those of its table are, or not at all.
    void generate_as_declared(const table& t, const std::string& title, column_plan& c) {
        const object_name& whole = declaring_table(t).name;
        const table_plan* declared = plan_.find(whole); // null if it is this one
        const column_plan* of_whole = declared ? declared->find_column(c.from->name) : nullptr;
        if (!of_whole) {
            return;
        }
        const std::string& text = c.from->generated->postgres;
        if (!of_whole->is_generated) {
            c.is_generated = false;
            plan_.notes.push_back({title, "becomes an ordinary column with the values that are there, as it is one in " +
                                              describe(whole) + ": it was generated as " + text});
        } else if (of_whole->from->generated->postgres != text) {
            plan_.notes.push_back({title, "is generated as that of " + describe(whole) +
                                              " is, which may give other values: it was generated as " + text});
        }
    }

    /// A partition has the types of its table.
    const table& declaring_table(const table& t) const {
        const table_plan* parent = t.parent ? plan_.find(*t.parent) : nullptr;
        return parent ? declaring_table(*parent->from) : t;
    }

    std::optional<std::string> wanted_type(const table& t, const column& c) {
        const table& declared = declaring_table(t);
        for (const std::string& form : {describe(declared.name) + "." + c.name, declared.name.name + "." + c.name}) {
            if (const auto found = rules_.columns.find(form); found != rules_.columns.end()) {
                used_.insert(form);
                return found->second;
            }
        }
        for (const std::string& form : {c.type.text, c.type.base}) {
            if (const auto found = rules_.types.find(form); found != rules_.types.end()) {
                used_.insert(form);
                return found->second;
            }
        }
        return std::nullopt;
    }

    bool is_of_partition(const std::string& column) const {
        return std::ranges::any_of(plan_.from->tables, [&](const table& t) {
            return t.parent && (column.starts_with(t.name.name + ".") || column.starts_with(describe(t.name) + "."));
        });
    }

    std::string unused_rules() const {
        for (const auto& [name, type] : rules_.columns) {
            if (!used_.contains(name)) {
                return "column " + name + (is_of_partition(name) ? " with a type of its own: it is a partition's" : "");
            }
        }
        for (const auto& [name, type] : rules_.types) {
            if (!used_.contains(name)) {
                return "column of type " + name;
            }
        }
        for (const std::string& name : rules_.skipped) {
            if (!used_.contains(name)) {
                return "table " + name;
            }
        }
        return {};
    }

    void require_name(const std::string& title, const std::string& name) {
        if (!is_name(name)) {
            plan_.obstacles.push_back({title, "PostgreSQL's names are UTF-8 of 1 to 63 bytes"});
        }
    }

    void check_references(const table& t) {
        const std::string title = "table " + describe(t.name) + ", ";
        if (t.parent && !plan_.find(*t.parent)) {
            plan_.notes.push_back({"table " + describe(t.name), "becomes a table on its own, without the keys and indexes of " +
                                                                    describe(*t.parent) + ", which is not migrated"});
        }
        for (const foreign_key& f : t.foreign_keys) {
            if (!plan_.find(f.referenced)) {
                plan_.notes.push_back(
                    {title + "foreign key " + f.name, "left out: the table " + describe(f.referenced) + " is not migrated"});
            }
        }
        for (const index& i : t.indexes) {
            if (!can_be_made(i)) {
                plan_.notes.push_back(
                    {title + "index " + i.name, is_name(i.name) ? "left out: an expression that could not be translated"
                                                                : "left out: PostgreSQL's names are UTF-8 of 1 to 63 bytes"});
            }
        }
        for (const check& c : t.checks) {
            if (c.definition.empty() && c.condition.postgres.empty()) {
                plan_.notes.push_back(
                    {title + (c.name.empty() ? "a check" : "check " + c.name), "left out: " + c.condition.source});
            }
        }
    }

    const source& from_;
    const mapping_rules& rules_;
    migration_plan plan_;
    std::set<std::string> used_;
};

} // namespace

pgcoro::result<> require_tables(const schema& s, const std::vector<std::string>& chosen) {
    for (const std::string& name : chosen) {
        const auto is_it = [&](const auto& object) { return object.name.name == name || describe(object.name) == name; };
        if (std::ranges::none_of(s.tables, is_it) && std::ranges::none_of(s.views, is_it)) {
            return fail(failure::wrong_usage, "the source has no table " + name);
        }
    }
    return pgcoro::success();
}

bool can_be_made(const index& i) {
    const auto is_lost = [](const index_part& p) { return p.computed && p.computed->postgres.empty(); };
    return !i.definition.empty() ||
           (is_name(i.name) && std::ranges::none_of(i.parts, is_lost) && !(i.predicate && i.predicate->postgres.empty()));
}

std::string column_plan::default_text() const {
    return has_default && from->default_value ? from->default_value->postgres : "";
}

const column_plan* table_plan::find_column(const std::string& name) const { return find_in(columns, name); }

column_plan* table_plan::find_column(const std::string& name) { return find_in(columns, name); }

const table_plan* migration_plan::find(const object_name& name) const {
    const auto found = std::ranges::find_if(tables, [&](const table_plan& t) { return t.from->name == name; });
    return found == tables.end() ? nullptr : &*found;
}

bool migration_plan::can_be_made(const prerequisite& p) const {
    return std::ranges::all_of(p.needs, [&](const object_name& name) { return find(name) != nullptr; });
}

pgcoro::result<migration_plan> make_plan(const source& from, const schema& s, const mapping_rules& rules) {
    return planner(from, s, rules).make();
}

} // namespace migrate
