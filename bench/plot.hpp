// SPDX-License-Identifier: BSL-1.0
// A plot with two logarithmic axes, as an SVG that can be read in light and dark surroundings.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace bench {

struct point {
    double x;
    double y;
};

struct curve {
    std::string name;
    std::vector<point> points;
};

struct plot {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::vector<curve> curves; // at most six
};

void write_svg(std::ostream& out, const plot& p);

} // namespace bench
