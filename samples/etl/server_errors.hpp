// SPDX-License-Identifier: BSL-1.0
// Whose fault an error of the server is.
#pragma once

#include <pgcoro/error.hpp>
#include <pgcoro/sqlstate.hpp>

namespace etl {

/// Of the text of a statement: names that do not exist, wrong types, missing privileges, a key that is deferrable.
inline bool is_about_sql(const pgcoro::error& e) {
    const auto kind = pgcoro::sqlstate_class(e.sqlstate());
    return kind == pgcoro::sqlstate::syntax_error_or_access_rule_violation || kind == pgcoro::sqlstate::invalid_schema_name ||
           kind == pgcoro::sqlstate::feature_not_supported || e == pgcoro::sqlstate::object_not_in_prerequisite_state;
}

/// Of the values of a row: types, constraints, policies and triggers that refuse it. A trigger may raise any SQLSTATE, so these
/// are all errors but those of the server's state. Only for a statement that has succeeded for no rows.
inline bool is_about_data(const pgcoro::error& e) {
    using enum pgcoro::sqlstate;
    if (e.sqlstate() == pgcoro::sqlstate{}) {
        return false; // not an error of the server
    }
    switch (pgcoro::sqlstate_class(e.sqlstate())) {
    case connection_exception:
    case invalid_transaction_state:
    case transaction_rollback:
    case insufficient_resources:
    case object_not_in_prerequisite_state:
    case operator_intervention:
    case system_error:
    case internal_error: return false;
    default: return true;
    }
}

} // namespace etl
