// SPDX-License-Identifier: BSL-1.0
// What is known of the types of a table's columns.
#pragma once

#include <pgcoro/replicated_table.hpp>

#include <memory>
#include <vector>

namespace pgcoro::replication {

/// The types of columns of which nothing is known.
std::vector<oid_number> unknown_types(const table& described, const detail::type_catalogue& types);

/// The same table. Columns whose types have no binary format are described as text.
std::shared_ptr<const table> with_types(const table& described, detail::type_catalogue_ptr types);

} // namespace pgcoro::replication
