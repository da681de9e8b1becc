// SPDX-License-Identifier: BSL-1.0
// What a migration will do, decided before anything is done.
#pragma once

#include "plan.hpp"
#include "schema.hpp"
#include "source.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace migrate {

/// What the user wants otherwise than the source proposes.
struct mapping_rules {
    /// Types at the target by "table.column" or "schema.table.column".
    std::map<std::string, std::string> columns;
    /// Types at the target by the type at the source, as `plan` prints it or without its modifiers.
    std::map<std::string, std::string> types;
    /// Tables that are left out: "table" or "schema.table".
    std::set<std::string> skipped;
    /// The schema for tables of SQLite and MariaDB.
    std::string schema;
};

struct migration_plan {
    const migrate::schema* from = nullptr; // outlives the plan
    std::vector<table_plan> tables;
    /// What is left out, or changed.
    std::vector<note> notes;
    /// What must be decided before it can run: columns without a type, names that PostgreSQL does not accept.
    std::vector<note> obstacles;

    /// Names of statements that come after the data, and are not wanted: see `leave_out`.
    std::set<std::string> left_out;

    /// Null if it is not migrated.
    const table_plan* find(const object_name& name) const;
    /// Whether all tables that it needs are migrated.
    bool can_be_made(const prerequisite& p) const;
};

/// Errors: `failure::wrong_usage` if one of the tables that the user has chosen is not in the schema.
pgcoro::result<> require_tables(const schema& s, const std::vector<std::string>& chosen);

/// Whether all of its expressions could be translated.
bool can_be_made(const index& i);

/// Errors: `failure::wrong_usage` if a rule names what is not there.
pgcoro::result<migration_plan> make_plan(const source& from, const schema& s, const mapping_rules& rules);

} // namespace migrate
