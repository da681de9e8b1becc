// SPDX-License-Identifier: BSL-1.0
#include "mariadb/catalog_tables.hpp"

#include "mariadb/catalog_text.hpp"
#include "mariadb/declared_type.hpp"
#include "mariadb/index_names.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace migrate::mariadb {
namespace {

std::string text_of(const std::optional<std::string>& value) { return value.value_or(""); }

template <class Number>
Number number_of(const std::optional<std::string>& value) {
    Number number = 0;
    if (value) {
        std::from_chars(value->data(), value->data() + value->size(), number);
    }
    return number;
}

std::string title_of(const table& t) { return "table " + describe(t.name); }
std::string title_of(const table& t, const column& c) { return title_of(t) + ", column " + c.name; }

/// NO ACTION and RESTRICT are the same to MariaDB.
std::string action_of(const std::optional<std::string>& rule) {
    const std::string text = text_of(rule);
    if (text == "CASCADE") {
        return "cascade";
    }
    if (text == "SET NULL") {
        return "set null";
    }
    return text == "SET DEFAULT" ? "set default" : "";
}

bool is_key_of(const table& t, std::vector<std::string> columns) {
    std::sort(columns.begin(), columns.end());
    const auto is_the_same = [&](const key& k) {
        auto sorted = k.columns;
        std::sort(sorted.begin(), sorted.end());
        return sorted == columns;
    };
    return (t.primary_key && is_the_same(*t.primary_key)) || std::any_of(t.uniques.begin(), t.uniques.end(), is_the_same);
}

} // namespace

void set_next_value(identity& i, const std::optional<std::string>& auto_increment) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    const auto next = std::max<std::uint64_t>(1, number_of<std::uint64_t>(auto_increment));
    i.next = static_cast<std::int64_t>(std::min(next, most));
    i.is_spent = next > most;
}

table* catalog_tables::find(const std::optional<std::string>& name) {
    const auto found = name ? by_name_.find(*name) : by_name_.end();
    return found == by_name_.end() ? nullptr : &schema_.tables[found->second];
}

void catalog_tables::add_table(const text_row& row) {
    table t;
    t.name = {database_, text_of(row[0])};
    t.rows = number_of<std::uint64_t>(row[4]);
    t.bytes = number_of<std::uint64_t>(row[5]);
    t.comment = text_of(row[7]);
    if (row[1] == "SYSTEM VERSIONED") {
        add_note(title_of(t), "only the current rows are migrated, without their history");
    }
    if (row[3] != "YES") {
        add_note(title_of(t),
                 "its engine, " + row[2].value_or("?") + ", has no transactions: its rows are not from the snapshot");
    }
    if (text_of(row[8]).find("partitioned") != std::string::npos) {
        add_note(title_of(t), "its partitions become one table");
    }
    next_values_[t.name.name] = text_of(row[6]);
    by_name_[t.name.name] = schema_.tables.size();
    schema_.tables.push_back(std::move(t));
}

void catalog_tables::add_column(const text_row& row) {
    table* const t = find(row[0]);
    if (!t) {
        return; // of a view, or of a table that is not wanted
    }
    column c;
    c.name = text_of(row[1]);
    c.type = parse_type(text_of(row[2]));
    c.is_required = row[3] == "NO";
    c.collation = text_of(row[6]);
    c.comment = text_of(row[7]);
    const std::string extra = text_of(row[5]);
    const auto has = [&](const char* word) { return extra.find(word) != std::string::npos; };
    if (has("auto_increment") && family_of(c.type) == type_family::integer) {
        identity i;
        set_next_value(i, next_values_[t->name.name]);
        if (i.is_spent) {
            add_note(title_of(*t, c), "has no next value: bigint ends at 9223372036854775807");
        }
        c.counted = i;
    } else if (has("auto_increment")) {
        add_note(title_of(*t, c), "does not count at the target, where only integers can");
    }
    if (has("on update")) {
        add_note(title_of(*t, c), "is not set by updates at the target: " + extra.substr(extra.find("on update")));
    }
    if (has("INVISIBLE")) {
        add_note(title_of(*t, c), "was invisible, and is an ordinary column at the target");
    }
    raw_column raw;
    raw.default_value = row[4];
    raw.extra = extra;
    if (row[8] && !row[8]->empty()) {
        raw.generated = row[8];
    }
    raw_[{t->name.name, c.name}] = std::move(raw);
    t->columns.push_back(std::move(c));
}

void catalog_tables::add_index(std::span<const text_row> rows) {
    const text_row& first = rows.front();
    table* const t = find(first[0]);
    if (!t) {
        return;
    }
    const std::string name = text_of(first[1]);
    const std::string title = title_of(*t) + ", index " + name;
    const bool is_unique = first[2] == "0";
    index made;
    bool has_descending = false;
    for (const text_row& row : rows) {
        if (row[5]) {
            return add_note(title, "left out: it has only the first " + *row[5] + " characters of " + text_of(row[3]));
        }
        if (!row[3]) {
            return add_note(title, "left out: it is of an expression");
        }
        index_part part;
        part.column = *row[3];
        part.is_descending = row[4] == "D";
        has_descending = has_descending || part.is_descending;
        made.parts.push_back(std::move(part));
    }
    const std::string method = text_of(first[6]);
    if (method != "BTREE" && method != "HASH") {
        return add_note(title, "left out: it is a " + method + " index");
    }
    if (is_unique && !has_descending) {
        key k;
        for (const index_part& part : made.parts) {
            k.columns.push_back(part.column);
        }
        if (name == "PRIMARY") {
            t->primary_key = std::move(k);
        } else {
            t->uniques.push_back(std::move(k));
        }
        return;
    }
    made.name = new_index_name(t->name.name, name, index_names_);
    made.is_unique = is_unique;
    made.comment = text_of(first[7]);
    t->indexes.push_back(std::move(made));
}

void catalog_tables::add_check(const text_row& row) {
    table* const t = find(row[0]);
    if (!t) {
        return;
    }
    check made;
    made.name = text_of(row[1]);
    made.condition.source = text_of(row[2]);
    // MariaDB's JSON is text with a check.
    for (column& c : t->columns) {
        if (c.type.base == "longtext" && made.condition.source == "json_valid(" + quote_name(c.name) + ")") {
            c.type = parse_type("json");
            return;
        }
    }
    t->checks.push_back(std::move(made));
}

void catalog_tables::add_foreign_key(std::span<const text_row> rows) {
    const text_row& first = rows.front();
    table* const t = find(first[0]);
    if (!t) {
        return;
    }
    foreign_key made;
    made.name = text_of(first[1]);
    made.referenced = {text_of(first[3]), text_of(first[4])};
    made.on_update = action_of(first[6]);
    made.on_delete = action_of(first[7]);
    for (const text_row& row : rows) {
        made.columns.push_back(text_of(row[2]));
        made.referenced_columns.push_back(text_of(row[5]));
    }
    t->foreign_keys.push_back(std::move(made));
}

void catalog_tables::remove_impossible_foreign_keys() {
    for (table& t : schema_.tables) {
        std::erase_if(t.foreign_keys, [&](const foreign_key& f) {
            const table* to = f.referenced.schema == database_ ? find(f.referenced.name) : nullptr;
            if (!to || is_key_of(*to, f.referenced_columns)) {
                return false; // a table that is not migrated is the plan's to tell
            }
            add_note(title_of(t) + ", foreign key " + f.name,
                     "left out: it leads to columns of " + describe(f.referenced) + " that are not unique");
            return true;
        });
    }
}

} // namespace migrate::mariadb
