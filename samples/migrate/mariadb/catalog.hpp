// SPDX-License-Identifier: BSL-1.0
// The schema of a database of MariaDB or MySQL, from its catalog.
#pragma once

#include "mariadb/column_roles.hpp"
#include "mariadb/session.hpp"
#include "schema.hpp"

#include <pgcoro/result.hpp>

#include <string>
#include <vector>

namespace migrate::mariadb {

struct catalog {
    migrate::schema schema;
    column_roles roles;
};

/// `wanted`: names of tables, "database.name" or "name"; none: all. The catalog is not part of a snapshot. What cannot be had
/// is in the notes. Errors: of the session; `failure::wrong_usage` if a wanted table does not exist.
pgcoro::result<catalog> read_catalog(session& from, const settings& s, const std::vector<std::string>& wanted);

/// Sets the next values of identity columns and sequences to what they are now. What is gone since keeps its values. Errors: of
/// the session.
pgcoro::result<> update_next_values(session& from, const settings& s, migrate::schema& into);

} // namespace migrate::mariadb
