// SPDX-License-Identifier: BSL-1.0
// The statements of one table, made when they are needed first, and their parameters.
#pragma once

#include "apply_statements.hpp"
#include "array_statements.hpp"
#include "conflict_policy.hpp"
#include "table_shape.hpp"

#include <pgcoro/changed_row.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/replication_events.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/sql.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace data_sync {

class table_plan {
public:
    table_plan(table_shape shape, conflict_policy policy);

    struct statement {
        explicit statement(const apply_statement& made) : how(made), sql(pgcoro::unchecked_sql::kept(made.text)) {}
        apply_statement how;
        pgcoro::unchecked_sql sql;
    };

    const statement& insert();
    const statement& update(const pgcoro::replication::update& u);
    const statement& remove();

    const std::shared_ptr<const std::string>& title() const noexcept { return title_; }
    std::string sql_name() const { return data_sync::sql_name(shape_.schema, shape_.name); }
    /// The statement that applies the change together with others. Null if it must be applied alone.
    const array_statement* array_for(const pgcoro::replication::event& change);
    /// What identifies its row, among those of all tables. Precondition: `array_for` gives a statement.
    pgcoro::result<std::string> key_of(const pgcoro::changed_row& row) const;

    /// "(id = 5)", for messages. `row` is one in which the key is known.
    std::string describe_key(const pgcoro::changed_row& row) const;

private:
    using form = std::pair<bool, std::vector<bool>>; // whether the old row is known, and what was sent

    table_shape shape_;
    conflict_policy policy_;
    std::shared_ptr<const std::string> title_;
    std::optional<statement> insert_;
    std::optional<statement> remove_;
    std::optional<statement> whole_updates_[2]; // of all columns, without and with an old row
    std::map<form, statement> updates_;
    std::optional<array_statement> array_insert_; // nothing where there can be none
    std::optional<array_statement> array_remove_;
    std::optional<array_statement> whole_array_update_;
    std::map<std::vector<bool>, std::optional<array_statement>> array_updates_;
};

/// The values that the statement takes, as cells.
pgcoro::result<std::string> cells_for(const array_statement& s, const pgcoro::changed_row& row);

/// The values that the statement takes.
pgcoro::parameters values_for(const apply_statement& s, const pgcoro::changed_row& row, const pgcoro::changed_row& old);

} // namespace data_sync
