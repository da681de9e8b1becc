// SPDX-License-Identifier: BSL-1.0
// One run of a pipeline: extract, transform, load.
#pragma once

#include "common/journal.hpp"
#include "pipeline.hpp"

#include <pgcoro/connect_config.hpp>
#include <pgcoro/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace etl {

struct run_options {
    run_options() {}

    pgcoro::connect_config source; // if that is PostgreSQL
    pgcoro::connect_config target;
    std::string reject_file;
    std::uint64_t max_rejects = 0;
    /// Rows that are staged in one transaction: what is lost of a run that is killed.
    std::uint64_t batch_rows = 100'000;
    std::chrono::seconds patience{60}; // with another run of the same pipeline
    bool is_dry = false;               // all but the last COMMIT
};

struct run_summary {
    std::uint64_t read = 0; // rows, and lines that are none
    std::uint64_t filtered = 0;
    std::uint64_t rejected = 0;
    std::uint64_t staged = 0;
    std::uint64_t resumed = 0; // of those: by an earlier run
    std::uint64_t written = 0; // at the target
    /// SHA-256 of the rows that were read, and of those that were staged, in the text format of COPY.
    std::string source_checksum;
    std::string staged_checksum;
};

/// Errors: `failure`, the server's, the system's. After an error the target is as it was before.
pgcoro::task<run_summary> run_pipeline(pipeline& p, const run_options& options, common::journal& j);

} // namespace etl
