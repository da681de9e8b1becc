// SPDX-License-Identifier: BSL-1.0
// A pipeline: what a pipeline file declares.
#pragma once

#include "csv_parser.hpp"
#include "lookup_step.hpp"
#include "mistake.hpp"
#include "step.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace etl {

struct source_settings {
    enum class type { csv, json_lines, sqlite, postgres };

    place where;
    type kind = type::csv;
    placed file;                // as it is opened: a relative path begins at the folder of the pipeline file
    placed query;               // of SQLite and PostgreSQL
    std::string connection;     // of PostgreSQL; empty: from the environment
    std::vector<placed> fields; // of JSON lines, and of CSV without a header
    bool has_header = true;
    csv_format csv;
};

/// What happens to rows of the target.
enum class merge_mode {
    insert,  // rows whose key is there stay as they are
    upsert,  // rows whose key is there are updated
    replace, // all rows are deleted first
};

struct target_settings {
    place where;
    std::string connection; // empty: from the environment
    placed table;           // with or without its schema
    merge_mode mode = merge_mode::insert;
    std::vector<placed> key;
    std::string staging_schema = "pgcoro_etl";
};

/// A column that the target computes.
struct computed_column {
    placed name;
    placed sql;
};

struct pipeline {
    std::string file; // the name that mistakes are reported with
    std::string name;
    source_settings source;
    target_settings target;
    std::vector<std::unique_ptr<step>> steps;
    std::vector<lookup_step*> lookups; // among the steps
    std::vector<computed_column> computed;
    std::vector<placed> not_loaded; // columns that only the expressions use
};

/// The pipeline, or all that is wrong with it, in the order of the file. Nothing but the text is looked at.
std::variant<pipeline, std::vector<mistake>> parse_pipeline(std::string_view text, const std::filesystem::path& file);

} // namespace etl
