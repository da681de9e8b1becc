// SPDX-License-Identifier: BSL-1.0
// What a run has done and how far it is: for people, for a log file and for machines.
#pragma once

#include "progress_line.hpp"

#include <pgcoro/error.hpp>
#include <pgcoro/transfer_progress.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace common {

/// Never given connection strings: none of its outputs shows a secret.
class journal {
public:
    using clock = std::function<std::chrono::system_clock::time_point()>;

    /// `program` begins the lines of errors. `log` and `json` may be null. `json` gets an object in each line, and `people`
    /// nothing then but errors.
    journal(std::string program, progress_line& people, std::ostream* log, std::ostream* json,
            clock now = &std::chrono::system_clock::now)
        : program_(std::move(program)), people_(people), log_(log), json_(json), now_(std::move(now)) {}

    /// Something was done: "2026-11-29T08:00:00Z staged rows=5".
    void operation(std::string_view what, boost::json::object facts = {});
    void error(const std::string& message, const pgcoro::error& why);
    /// The last words: an object for machines, a text for people on `out`.
    void summary(boost::json::object facts, const std::string& text, std::ostream& out);
    pgcoro::progress_meter meter();

    // For programs that count without a meter.
    void show(const pgcoro::transfer_report& report);
    /// How often to show it.
    std::chrono::milliseconds interval() const { return json_ ? std::chrono::milliseconds(1000) : people_.interval(); }
    /// Now, as it writes it: "2026-11-29T08:00:00Z".
    std::string time() const;

private:
    void write_json(std::string_view event, boost::json::object facts);

    std::string program_;
    progress_line& people_;
    std::ostream* log_;
    std::ostream* json_;
    clock now_;
};

} // namespace common
