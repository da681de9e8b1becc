// SPDX-License-Identifier: BSL-1.0
// From the staging table into the target, in one transaction.
#pragma once

#include "common/journal.hpp"
#include "load_plan.hpp"
#include "reject_file.hpp"

#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace etl {

/// Writes all rows with one statement. If the server refuses one, savepoints and halves find the rows that are at fault; each
/// becomes a reject, and the others are loaded. Rows whose keys are equal only at the target are refused together: halving
/// writes them one after the other.
class merger {
public:
    merger(pgcoro::transaction& tx, const load_plan& plan, reject_file& rejects, common::journal& j)
        : tx_(tx), plan_(plan), rejects_(rejects), journal_(j) {}

    /// Gives the rows that were written. Errors: `failure::too_many_rejects`; those of the server that are not about a row.
    pgcoro::task<std::uint64_t> run(line_range staged);

private:
    pgcoro::task<> prepare_search();
    /// The column that makes the server refuse a line, if it is one.
    pgcoro::task<problem> find_problem(std::uint64_t line, pgcoro::error why);
    pgcoro::task<std::optional<std::string>> staged_value(std::string column, std::uint64_t line);

    pgcoro::transaction& tx_;
    const load_plan& plan_;
    reject_file& rejects_;
    common::journal& journal_;
    bool is_searching_ = false;
};

} // namespace etl
