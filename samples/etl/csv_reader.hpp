// SPDX-License-Identifier: BSL-1.0
// Rows of a CSV file.
#pragma once

#include "csv_parser.hpp"
#include "input_file.hpp"
#include "pipeline.hpp"
#include "reader.hpp"

#include <string>
#include <vector>

namespace etl {

/// Lines that are not CSV, or have another number of fields than there are columns, are rejects. Blank lines are skipped if
/// there is more than one column. A quote that is not closed is an error, `failure::bad_source`: it hides all rows after it. So
/// is a row that is longer than `longest_record`.
class csv_reader final : public reader {
public:
    explicit csv_reader(const source_settings& s);

    pgcoro::result<std::vector<std::string>> open() override;
    pgcoro::result<batch> read() override;
    std::uint64_t size() const override { return file_.size(); }
    bool can_be_reopened() const override { return file_.can_be_reopened(); }

private:
    pgcoro::result<std::vector<std::string>> read_header();
    /// The records of some more bytes. False at the end.
    pgcoro::result<bool> fetch(std::vector<csv_record>& out);

    input_file file_;
    csv_parser parser_;
    bool has_header_;
    std::vector<std::string> names_;
    std::vector<csv_record> pending_;
    std::uint64_t bytes_ = 0; // read since the last batch
    bool is_over_ = false;
};

} // namespace etl
