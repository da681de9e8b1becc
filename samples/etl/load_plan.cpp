// SPDX-License-Identifier: BSL-1.0
#include "load_plan.hpp"

#include <algorithm>

namespace etl {
namespace {

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) {
        text += (text.empty() ? "" : ", ") + part;
    }
    return text;
}

/// With something before each name: `m."a", m."b"`.
std::string names(const std::vector<std::string>& columns, const std::string& before = {}) {
    std::vector<std::string> parts;
    for (const auto& name : columns) {
        parts.push_back(before + quote_name(name));
    }
    return join(parts);
}

bool contains(const std::vector<placed>& all, const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const placed& p) { return p.text == name; });
}

bool contains(const std::vector<std::string>& all, const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

const std::string line = "\"" + std::string(line_column) + "\"";

} // namespace

staging_tables::staging_tables(const std::string& schema_name, const std::string& pipeline)
    : schema(quote_name(schema_name)),
      jobs(schema + ".\"jobs\""),
      stage(schema + "." + quote_name("stage_" + pipeline)),
      probe(schema + "." + quote_name("probe_" + pipeline)) {}

std::variant<load_plan, mistake> load_plan::make(const pipeline& p, const columns& staged, target_table target) {
    const auto& at = p.target;
    if (!is_name(at.staging_schema)) {
        return mistake{at.where, "\"staging_schema\" is no name of a schema"};
    }
    load_plan plan(p, std::move(target));
    const std::string& table = plan.target_.name;
    plan.staged_ = staged.names();
    for (const auto& name : plan.staged_) {
        if (!is_name(name) || name == line_column) {
            return mistake{p.source.where, "\"" + name + "\" cannot be the name of a column here; add a rename step"};
        }
        const bool is_loaded = !contains(p.not_loaded, name);
        if (is_loaded && !plan.target_.find(name)) {
            return mistake{at.table.where, "the table " + table + " has no column \"" + name + "\"; rename or drop it"};
        }
        if (is_loaded && !plan.find_computed(name)) {
            plan.loaded_.push_back(name);
        }
    }
    for (const auto& name : p.not_loaded) {
        if (!staged.find(name.text)) {
            return mistake{name.where, "the rows have no column \"" + name.text + "\" to drop"};
        }
    }
    for (const auto& c : p.computed) {
        if (!plan.target_.find(c.name.text)) {
            return mistake{c.name.where, "the table " + table + " has no column \"" + c.name.text + "\""};
        }
        plan.loaded_.push_back(c.name.text);
    }
    for (const auto& key : at.key) {
        const auto* column = plan.target_.find(key.text);
        if (!column || !contains(plan.loaded_, key.text)) {
            return mistake{key.where, "\"" + key.text + "\" is no column that is loaded"};
        }
        if (!column->is_required) {
            return mistake{key.where, "\"" + key.text + "\" may be NULL in " + table + ", so it cannot be part of a key"};
        }
    }
    return plan;
}

std::string load_plan::create_stage() const {
    std::string sql = "create unlogged table " + tables_.stage + " (" + line + " bigint not null";
    for (const auto& name : staged_) {
        sql += ", " + quote_name(name) + " text";
    }
    return sql + ")";
}

std::string load_plan::copy_to_stage() const {
    return "copy " + tables_.stage + " (" + line + (staged_.empty() ? "" : ", ") + names(staged_) + ") from stdin";
}

const computed_column* load_plan::find_computed(const std::string& name) const {
    const auto found =
        std::find_if(computed_.begin(), computed_.end(), [&](const computed_column& c) { return c.name.text == name; });
    return found == computed_.end() ? nullptr : &*found;
}

/// A staged column with the type that it has in the target. If it is computed, the expression takes the text.
std::string load_plan::cast_of(const std::string& staged) const {
    const auto* column = find_computed(staged) ? nullptr : target_.find(staged);
    return "s." + quote_name(staged) + (column ? "::" + column->type : "") + " as " + quote_name(staged);
}

std::string load_plan::typed_rows(line_range lines) const {
    std::vector<std::string> parts{"s." + line};
    for (const auto& name : staged_) {
        parts.push_back(cast_of(name));
    }
    return "(select " + join(parts) + " from " + tables_.stage + " s where s." + line + " between " +
           std::to_string(lines.first) + " and " + std::to_string(lines.last) + ") q";
}

std::string load_plan::value_of(const computed_column& c) const {
    const auto* column = target_.find(c.name.text);
    return "(" + c.sql.text + "\n)::" + column->type + " as " + quote_name(c.name.text); // the line feed ends a comment
}

std::string load_plan::evaluate(const computed_column& c, line_range lines) const {
    return "select " + value_of(c) + " from " + typed_rows(lines);
}

std::string load_plan::merge(line_range lines) const {
    std::vector<std::string> key;
    for (const auto& k : key_) {
        key.push_back(k.text);
    }
    std::vector<std::string> parts{"q." + line};
    for (const auto& name : loaded_) {
        const auto* c = find_computed(name);
        parts.push_back(c ? value_of(*c) : "q." + quote_name(name));
    }
    const std::string rows = "(select " + join(parts) + " from " + typed_rows(lines) + ") m";
    std::string sql = "insert into " + target_.quoted + " as t (" + names(loaded_) + ") select ";
    if (mode_ == merge_mode::replace) {
        return sql + names(loaded_, "m.") + " from " + rows;
    }
    const bool last_wins = mode_ == merge_mode::upsert;
    sql += "distinct on (" + names(key, "m.") + ") " + names(loaded_, "m.") + " from " + rows + " order by " +
           names(key, "m.") + ", m." + line + (last_wins ? " desc" : "") + " on conflict (" + names(key) + ") do ";
    std::vector<std::string> updates;
    for (const auto& name : loaded_) {
        if (!contains(key, name)) {
            updates.push_back(quote_name(name) + " = excluded." + quote_name(name));
        }
    }
    return sql + (last_wins && !updates.empty() ? "update set " + join(updates) : "nothing");
}

std::string load_plan::create_probe() const {
    return "create unlogged table " + tables_.probe + " as select " + names(loaded_) + " from " + target_.quoted +
           " with no data";
}

std::string load_plan::probe(const std::string& column, std::uint64_t of_line) const {
    const line_range lines{of_line, of_line};
    const std::string insert = "insert into " + tables_.probe + " (" + quote_name(column) + ") ";
    if (const auto* c = find_computed(column)) {
        return insert + evaluate(*c, lines);
    }
    return insert + "select " + cast_of(column) + " from " + tables_.stage + " s where s." + line + " = " +
           std::to_string(of_line);
}

} // namespace etl
