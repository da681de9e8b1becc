// SPDX-License-Identifier: BSL-1.0
// Dates and times as people write them: "31.12.2026 23:59".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace etl {

/// A pattern in the words of PostgreSQL's to_date, of fixed width: YYYY, MM, DD, HH24, MI, SS, MS, US. Other characters stand
/// for themselves; letters do so in double quotes. Unlike to_date, it takes only what is written exactly so, and only days that
/// exist.
class date_format {
public:
    /// The format, or what is wrong with the pattern. A date needs YYYY, MM and DD.
    static std::variant<date_format, std::string> parse(std::string_view pattern, bool with_time);

    /// "2026-12-31" or "2026-12-31 23:59:00.000000"; nothing if the text is not written so.
    std::optional<std::string> convert(std::string_view text) const;

private:
    enum field { year, month, day, hour, minute, second, microsecond, fields };
    struct part {
        field what = fields; // `fields`: the literal
        std::size_t digits = 0;
        char literal = 0;
        int scale = 1;
    };

    std::vector<part> parts_;
    bool with_time_ = false;
};

} // namespace etl
