// SPDX-License-Identifier: BSL-1.0
// How far it has come: a bar that is redrawn on a terminal, and plain lines elsewhere.
#pragma once

#include <pgcoro/transfer_progress.hpp>

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>

namespace common {

/// Such as "[#####     ]  50 %   1200 rows   12.0 MB   4.0 MB/s   3 s left", without the bar if the size is not known.
std::string describe(const pgcoro::transfer_report& report);

class progress_line {
public:
    progress_line(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}

    std::chrono::milliseconds interval() const { return std::chrono::milliseconds(is_terminal_ ? 100 : 5000); }
    void show(const pgcoro::transfer_report& report);
    /// Writes another line. On a terminal, the bar comes again below it.
    void write(std::string_view line);
    /// Ends the bar.
    void end();

private:
    std::ostream& out_;
    bool is_terminal_;
    std::string bar_; // that is on the terminal
};

} // namespace common
