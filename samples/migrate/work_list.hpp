// SPDX-License-Identifier: BSL-1.0
// All work of a migration between the making of the tables and the last statements. No I/O.
#pragma once

#include "bookkeeping.hpp"
#include "ddl.hpp"
#include "work_queue.hpp"

#include <string>
#include <vector>

namespace migrate {

enum class work_kind { copy, statements, analyze, compare };

struct work {
    work_kind kind = work_kind::copy;
    const table_plan* table = nullptr;
    std::vector<statement> statements;
    /// What the bookkeeping calls it. Comparing is not recorded.
    std::string step;
};

struct work_list_options {
    bool compares = true;
    bool analyzes = true;
    /// Whether comparing needs a reader of the source.
    bool compares_with_reader = true;
};

struct work_list {
    work_queue queue;
    std::vector<work> items; // by their numbers in the queue
};

/// Large tables first, so that the last ones are small. A table's keys come after its rows, its other indexes after the keys,
/// and foreign keys after the keys of both tables.
work_list make_work_list(const migration_plan& plan, const work_list_options& options);
/// What the bookkeeping calls the step that gives a table its rows.
std::string copy_step(const table_plan& t);
/// Whether the earlier run has copied a table without checksums: it must be read again to be compared.
bool has_copy_without_sums(const migration_plan& plan, const earlier_run& earlier);

} // namespace migrate
