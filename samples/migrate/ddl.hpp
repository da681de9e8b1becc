// SPDX-License-Identifier: BSL-1.0
// The SQL that makes the target: what comes before the data, and what comes after it.
#pragma once

#include "migration_plan.hpp"

#include <string>
#include <vector>

namespace migrate {

struct statement {
    std::string what;          // for people, and to know it again in a later run: "index shop.orders_day"
    std::string sql;           // one or several statements
    std::string undo = {};     // "drop ... if exists"; empty if that comes with something else
    std::string relation = {}; // the quoted name of a table, sequence or view that it makes
    std::string trial = {};    // what is tried on empty tables instead
};

/// Everything that the target needs before rows, in order: schemas, types, sequences, tables.
std::vector<statement> before_data(const migration_plan& plan);

// What comes after the data, without what is left out.

/// Primary key, unique constraints and checks of a table, to be made together.
std::vector<statement> keys_of(const migration_plan& plan, const table_plan& t);
/// The other indexes, each on its own.
std::vector<statement> indexes_of(const migration_plan& plan, const table_plan& t);

struct reference {
    statement made_by;
    const table_plan* to = nullptr;
};
/// The foreign keys to tables that are migrated too.
std::vector<reference> references_of(const migration_plan& plan, const table_plan& t);

/// What comes when all else is there: the next values of sequences, views, comments.
std::vector<statement> after_all(const migration_plan& plan);

} // namespace migrate
