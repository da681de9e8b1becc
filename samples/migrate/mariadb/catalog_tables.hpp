// SPDX-License-Identifier: BSL-1.0
// Tables, columns and keys from the rows of the catalog's queries: see catalog_queries.hpp.
#pragma once

#include "mariadb/session.hpp"
#include "schema.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

namespace migrate::mariadb {

/// Of a column, what is translated when all tables are known.
struct raw_column {
    std::optional<std::string> default_value;
    std::string extra;
    std::optional<std::string> generated;
};

/// From AUTO_INCREMENT of the table.
void set_next_value(identity& i, const std::optional<std::string>& auto_increment);

/// A schema that grows. Tables come first, then their columns, then the rest.
class catalog_tables {
public:
    explicit catalog_tables(std::string database) : database_(std::move(database)) {}

    void add_table(const text_row& row);
    void add_column(const text_row& row);
    /// The rows of one index.
    void add_index(std::span<const text_row> rows);
    void add_check(const text_row& row);
    /// The rows of one foreign key.
    void add_foreign_key(std::span<const text_row> rows);
    /// Foreign keys that PostgreSQL does not accept become notes. When all tables are complete.
    void remove_impossible_foreign_keys();

    migrate::schema& schema() noexcept { return schema_; }
    const raw_column& raw(const table& t, const column& c) const { return raw_.at({t.name.name, c.name}); }
    void add_note(std::string object, std::string text) { schema_.notes.push_back({std::move(object), std::move(text)}); }

private:
    table* find(const std::optional<std::string>& name);

    std::string database_;
    migrate::schema schema_;
    std::map<std::string, std::size_t> by_name_;
    std::map<std::pair<std::string, std::string>, raw_column> raw_;
    std::map<std::string, std::string> next_values_; // AUTO_INCREMENT of tables
    std::set<std::string> index_names_;
};

} // namespace migrate::mariadb
