// SPDX-License-Identifier: BSL-1.0
// How far it has come: a bar that is redrawn on a terminal, and a line now and then elsewhere.
#pragma once

#include <pgcoro/transfer_progress.hpp>

#include <iosfwd>
#include <string>

namespace csv_tool {

/// Such as "[#####     ]  50 %   12.0 MB   4.0 MB/s   3 s left", or, if the size is not known, "200 rows   12.0 MB   4.0 MB/s".
std::string describe(const pgcoro::transfer_report& report);

class progress_line {
public:
    progress_line(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}

    pgcoro::progress_meter meter();
    /// Ends the line, so that something else can be written.
    void end();

private:
    void show(const pgcoro::transfer_report& report);

    std::ostream& out_;
    bool is_terminal_;
    bool is_shown_ = false;
};

} // namespace csv_tool
