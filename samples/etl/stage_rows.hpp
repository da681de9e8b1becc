// SPDX-License-Identifier: BSL-1.0
// From the source through the steps into the staging table.
#pragma once

#include "bisection.hpp"
#include "reject_file.hpp"
#include "run.hpp"
#include "source.hpp"
#include "staging.hpp"
#include "transformer.hpp"

#include <pgcoro/result.hpp>
#include <pgcoro/transfer_progress.hpp>

#include <optional>

namespace etl {

struct staged_rows {
    run_summary counts;
    line_range lines{1, 0};
};

/// Continues an earlier run: reads and transforms everything again, but does not send the rows that are staged. Their checksum
/// says whether they are the same as then.
class row_stager {
public:
    row_stager(staging& stage, transformer& transform, reject_file& rejects, pgcoro::progress_meter& meter,
               std::uint64_t batch_rows)
        : stage_(stage), transform_(transform), rejects_(rejects), meter_(meter), batch_rows_(batch_rows) {}

    /// Nothing if the rows are not those of the earlier run.
    pgcoro::task<std::optional<staged_rows>> run(source& from, const staged_so_far& earlier);

private:
    pgcoro::result<> take(row r);
    bool differs() const;
    bool is_full() const { return in_batch_ == batch_rows_; }
    pgcoro::task<> send();
    pgcoro::task<> checkpoint();

    staging& stage_;
    transformer& transform_;
    reject_file& rejects_;
    pgcoro::progress_meter& meter_;
    std::uint64_t batch_rows_;

    staged_so_far earlier_;
    staged_rows so_far_;
    checksum sum_;
    std::string earlier_sum_;    // of as many rows as the earlier run has staged
    std::string pending_;        // rows that are not sent yet
    std::uint64_t in_batch_ = 0; // rows since the last checkpoint
};

} // namespace etl
