// SPDX-License-Identifier: BSL-1.0
// Defaults, generated columns and checks of a catalog, once all tables are known.
#pragma once

#include "mariadb/catalog_tables.hpp"
#include "mariadb/column_roles.hpp"
#include "mariadb/default_value.hpp"

namespace migrate::mariadb {

/// Translates what can be translated.
void translate_expressions(catalog_tables& tables, const column_roles& roles, default_style style);

} // namespace migrate::mariadb
