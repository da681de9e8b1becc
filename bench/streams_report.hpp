// SPDX-License-Identifier: BSL-1.0
// Prints what moving many rows costs, and how that compares with what we promise.
#pragma once

#include "report.hpp"

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace bench {

struct stream_work {
    std::string title;
    std::string ours; // names of subjects
    std::string theirs;
    std::string other_way;       // what `theirs` does
    std::optional<double> limit; // of the ratio of the client CPU; none: only to compare
};

/// Client CPU per row. Gives whether every goal was met.
bool print_costs(std::ostream& out, const std::vector<stream_work>& works, const costs_by_name& costs);

/// Peak memory above that of an idle process, in KiB by subject. Gives whether all keep to the limit.
bool print_peaks(std::ostream& out, const std::vector<stream_work>& works, const std::map<std::string, long>& peaks,
                 long limit);

} // namespace bench
