// SPDX-License-Identifier: BSL-1.0
// From the columns of the rows to the columns of the target: the SQL that stages and merges. No I/O.
#pragma once

#include "bisection.hpp"
#include "pipeline.hpp"
#include "target_table.hpp"

#include <string>
#include <variant>
#include <vector>

namespace etl {

/// The number of a row in its source, beside the columns of the rows, which are text.
inline constexpr std::string_view line_column = "etl_line";

/// The tables that a run makes at the target.
struct staging_tables {
    staging_tables(const std::string& schema, const std::string& pipeline);

    std::string schema; // all of them quoted
    std::string jobs;
    std::string stage;
    std::string probe;
};

class load_plan {
public:
    /// The plan, or what does not fit.
    static std::variant<load_plan, mistake> make(const pipeline& p, const columns& staged, target_table target);

    const target_table& target() const noexcept { return target_; }
    const staging_tables& tables() const noexcept { return tables_; }
    const std::vector<std::string>& staged() const noexcept { return staged_; }
    const std::vector<computed_column>& computed() const noexcept { return computed_; }

    std::string create_stage() const;
    std::string copy_to_stage() const;
    /// What comes before a merge in the mode `replace`.
    std::string remove_all() const { return "delete from " + target_.quoted; }
    /// Writes the rows of these lines into the target.
    std::string merge(line_range lines) const;
    /// What one expression gives for these lines: the server says what is wrong with it.
    std::string evaluate(const computed_column& c, line_range lines) const;

    // To find the column that a line is refused for: a table with the columns of the target, but without its constraints.
    std::string create_probe() const;
    /// The columns that are loaded, in the order in which they are to be tried.
    const std::vector<std::string>& loaded() const noexcept { return loaded_; }
    std::string probe(const std::string& column, std::uint64_t line) const;

private:
    load_plan(const pipeline& p, target_table target)
        : tables_(p.target.staging_schema, p.name),
          target_(std::move(target)),
          computed_(p.computed),
          mode_(p.target.mode),
          key_(p.target.key) {}

    std::string typed_rows(line_range lines) const;
    std::string value_of(const computed_column& c) const;
    const computed_column* find_computed(const std::string& name) const;
    std::string cast_of(const std::string& staged) const;

    staging_tables tables_;
    target_table target_;
    std::vector<std::string> staged_;
    std::vector<computed_column> computed_;
    std::vector<std::string> loaded_;
    merge_mode mode_;
    std::vector<placed> key_;
};

} // namespace etl
