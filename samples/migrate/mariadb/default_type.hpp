// SPDX-License-Identifier: BSL-1.0
// The type of PostgreSQL that a column gets unless the user wants another one.
#pragma once

#include "schema.hpp"

#include <optional>
#include <string>

namespace migrate::mariadb {

/// What matters beside the column's own type.
struct column_role {
    /// It counts, or its foreign key leads to a column that does. bigint is then enough for `bigint unsigned`: an identity
    /// column cannot be numeric, and a foreign key from numeric to bigint cannot be made.
    bool is_counted = false;
    /// It is in a foreign key, or one leads to it: tinyint(1) is then a number, as the other side may be a tinyint(4).
    bool is_linked = false;
};

/// Nothing for geometry, and for types that are not known.
std::optional<std::string> default_type(const column_type& from, const column_role& role);

} // namespace migrate::mariadb
