// SPDX-License-Identifier: BSL-1.0
// A bar chart, for a terminal and as an SVG.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace bench {

struct bar {
    std::string name;
    double value;
    std::string label; // behind the bar
    bool is_ours = false;
};

struct bar_chart {
    std::string title;
    std::vector<bar> bars;
};

/// About 100 columns, with block elements where `blocks` says that they can be seen.
void print(std::ostream& out, const bar_chart& chart, bool blocks);
/// Readable in light and dark surroundings.
void write_svg(std::ostream& out, const bar_chart& chart);

} // namespace bench
