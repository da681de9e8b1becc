// SPDX-License-Identifier: BSL-1.0
// The staging table of a pipeline, which outlives a run that fails: the next one continues it.
#pragma once

#include "load_plan.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/copy.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace etl {

/// What an earlier run has staged: so many rows, whose text has this checksum.
struct staged_so_far {
    std::int64_t rows = 0;
    std::string checksum;
};

/// Rows are staged some at a time, each time in a transaction that also says in the table of jobs how many there are. So what
/// is said there is true whenever the program, the connection or the server ends.
class staging {
public:
    staging(pgcoro::connection& db, const load_plan& plan, std::string pipeline)
        : db_(db), plan_(plan), pipeline_(std::move(pipeline)) {}

    /// Waits until no other run of the pipeline goes on. Errors: `failure::busy`. The lock lasts as long as the session.
    pgcoro::task<> lock(std::chrono::seconds patience);
    /// Makes what is missing, and gives what is there. A staging table with other columns is dropped.
    pgcoro::task<staged_so_far> open();
    /// Forgets what is staged, and begins again.
    pgcoro::task<> start_over();
    /// Removes the tables of this pipeline.
    pgcoro::task<> remove();

    /// Adds rows in the text format of COPY. They are lost unless `checkpoint` succeeds.
    pgcoro::task<> write(std::string_view rows);
    pgcoro::task<> checkpoint(const staged_so_far& now);

private:
    pgcoro::task<> make_jobs();
    std::string shape() const;

    pgcoro::connection& db_;
    const load_plan& plan_;
    std::string pipeline_;
    pgcoro::transaction transaction_;
    pgcoro::copy_writer writer_;
    bool is_writing_ = false;
};

/// Removes them within a transaction.
pgcoro::task<> remove_staging(pgcoro::transaction& tx, const staging_tables& tables, const std::string& pipeline);

} // namespace etl
