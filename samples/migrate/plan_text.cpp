// SPDX-License-Identifier: BSL-1.0
#include "plan_text.hpp"

#include <boost/json/array.hpp>

namespace migrate {
namespace {

namespace json = boost::json;

std::string describe(const column_plan& c) {
    std::string text = "    " + c.from->name + "   " + c.from->type.text + " -> " + c.mapping.type;
    if (c.from->is_required) {
        text += c.mapping.may_become_null ? ", may become null" : " not null";
    }
    if (c.is_generated) {
        text += ", generated";
    }
    if (c.from->counted) {
        text += ", identity, next " + std::to_string(c.from->counted->next);
    }
    if (!c.mapping.conversion.empty()) {
        text += ", " + c.mapping.conversion;
    }
    return text + (c.is_overridden ? " (requested)\n" : "\n");
}

std::string count(std::size_t number, const char* one, const char* many) {
    return number == 0 ? "" : ", " + std::to_string(number) + " " + (number == 1 ? one : many);
}

void append(std::string& text, const char* title, const std::vector<note>& notes) {
    if (!notes.empty()) {
        text += title;
    }
    for (const note& n : notes) {
        text += "    " + n.object + ": " + n.text + "\n";
    }
}

json::array to_json(const std::vector<note>& notes) {
    json::array all;
    for (const note& n : notes) {
        all.push_back(json::object{{"object", n.object}, {"note", n.text}});
    }
    return all;
}

} // namespace

std::string to_text(const migration_plan& plan) {
    std::string text;
    for (const table_plan& t : plan.tables) {
        text += "table " + describe(t.from->name) + " -> " + describe(t.target) + ", about " + std::to_string(t.from->rows) +
                " rows" + (t.from->primary_key ? ", primary key" : "") +
                count(t.from->uniques.size(), "unique constraint", "unique constraints") +
                count(t.from->indexes.size(), "index", "indexes") + count(t.from->checks.size(), "check", "checks") +
                count(t.from->foreign_keys.size(), "foreign key", "foreign keys") +
                (t.from->parent ? ", partition of " + describe(*t.from->parent) : "") + "\n";
        for (const column_plan& c : t.columns) {
            text += describe(c);
        }
    }
    for (const prerequisite& p : plan.from->prerequisites) {
        text += p.kind + " " + describe(p.name) + "\n";
    }
    for (const sequence& s : plan.from->sequences) {
        text += "sequence " + describe(s.name) + "\n";
    }
    for (const view& v : plan.from->views) {
        if (!v.query.postgres.empty()) {
            text += std::string(v.is_materialized ? "materialized " : "") + "view " + describe(v.name) + "\n";
        }
    }
    append(text, "left out or changed:\n", plan.notes);
    append(text, "needs a decision before it can run:\n", plan.obstacles);
    return text;
}

json::object to_json(const migration_plan& plan) {
    json::array tables;
    for (const table_plan& t : plan.tables) {
        json::array columns;
        for (const column_plan& c : t.columns) {
            columns.push_back(json::object{{"name", c.from->name},
                                           {"source_type", c.from->type.text},
                                           {"type", c.mapping.type},
                                           {"conversion", c.mapping.conversion},
                                           {"generated", c.is_generated},
                                           {"wanted", c.is_overridden}});
        }
        tables.push_back(json::object{{"source", describe(t.from->name)},
                                      {"target", describe(t.target)},
                                      {"rows", t.from->rows},
                                      {"columns", std::move(columns)}});
    }
    return {{"tables", std::move(tables)}, {"notes", to_json(plan.notes)}, {"obstacles", to_json(plan.obstacles)}};
}

} // namespace migrate
