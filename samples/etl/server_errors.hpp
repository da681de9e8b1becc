// SPDX-License-Identifier: BSL-1.0
// Whose fault an error of the server is.
#pragma once

#include <pgcoro/error.hpp>
#include <pgcoro/sqlstate.hpp>

namespace etl {

/// Of the text of a statement: names that do not exist, wrong types, missing privileges.
inline bool is_about_sql(const pgcoro::error& e) {
    const auto kind = pgcoro::sqlstate_class(e.sqlstate());
    return kind == pgcoro::sqlstate::syntax_error_or_access_rule_violation || kind == pgcoro::sqlstate::invalid_schema_name ||
           kind == pgcoro::sqlstate::feature_not_supported;
}

/// Of the values of a row: types and constraints that refuse it, and triggers.
inline bool is_about_data(const pgcoro::error& e) {
    const auto kind = pgcoro::sqlstate_class(e.sqlstate());
    return kind == pgcoro::sqlstate::data_exception || kind == pgcoro::sqlstate::integrity_constraint_violation ||
           kind == pgcoro::sqlstate::with_check_option_violation || e == pgcoro::sqlstate::raise_exception;
}

} // namespace etl
