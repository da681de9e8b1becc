// SPDX-License-Identifier: BSL-1.0
// What the program tells while it runs: lines for people on standard error, and with --json an object in each line of standard
// output.
#pragma once

#include "target_status.hpp"

#include <boost/json/object.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace data_sync {

class journal {
public:
    /// `json`: null without --json.
    journal(std::ostream& people, bool is_terminal, std::ostream* json)
        : people_(people), json_(json), is_terminal_(is_terminal) {}

    void event(std::string_view kind, std::string_view text, boost::json::object facts = {});
    /// The state of all targets: redrawn on a terminal, a line elsewhere.
    void progress(const std::vector<target_status>& targets);
    /// Ends what is redrawn.
    void end();

    bool is_terminal() const noexcept { return is_terminal_; }

private:
    void write(const std::string& line);

    std::ostream& people_;
    std::ostream* json_;
    bool is_terminal_;
    std::string shown_; // the line that is redrawn
};

/// "east following, 0 B behind, 12 changes/s".
std::string describe(const target_status& t);
boost::json::object to_object(const target_status& t);
/// "512 B", "1.5 MB".
std::string bytes_text(std::uint64_t bytes);
/// "2026-01-31T12:00:00Z".
std::string time_text(std::chrono::system_clock::time_point when);

} // namespace data_sync
