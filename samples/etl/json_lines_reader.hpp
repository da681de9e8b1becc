// SPDX-License-Identifier: BSL-1.0
// Rows of a file with one JSON object in each line.
#pragma once

#include "input_file.hpp"
#include "pipeline.hpp"
#include "reader.hpp"

#include <string>
#include <vector>

namespace etl {

/// Lines that are no objects are rejects. Blank lines are skipped. A line that is too long is an error, `failure::bad_source`.
class json_lines_reader final : public reader {
public:
    explicit json_lines_reader(const source_settings& s, std::size_t longest = longest_record);

    pgcoro::result<std::vector<std::string>> open() override;
    pgcoro::result<batch> read() override;
    std::uint64_t size() const override { return file_.size(); }
    bool can_be_reopened() const override { return file_.can_be_reopened(); }

private:
    void take_line(std::string_view line, batch& b);

    input_file file_;
    std::vector<std::string> names_;
    std::size_t longest_;
    std::string rest_; // the beginning of a line
    std::uint64_t line_ = 0;
};

} // namespace etl
