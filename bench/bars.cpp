// SPDX-License-Identifier: BSL-1.0
#include "bars.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>

namespace bench {
namespace {

constexpr int widest = 32; // of the terminal's bars, in characters

double largest(const bar_chart& chart) {
    double most = 0;
    for (const bar& b : chart.bars) {
        most = std::max(most, b.value);
    }
    return most;
}

/// In eighths of a character; at least one, so that there is something to be seen.
std::string blocks_of(double share) {
    static const char* const parts[] = {"", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589"};
    const int eighths = std::max(1, static_cast<int>(std::lround(share * widest * 8)));
    std::string text;
    for (int i = 0; i < eighths / 8; ++i) {
        text += "\u2588";
    }
    return text + parts[eighths % 8] + std::string(static_cast<std::size_t>(widest - (eighths + 7) / 8), ' ');
}

std::string signs_of(double share) {
    const int signs = std::max(1, static_cast<int>(std::lround(share * widest)));
    return std::string(static_cast<std::size_t>(signs), '#') + std::string(static_cast<std::size_t>(widest - signs), ' ');
}

} // namespace

void print(std::ostream& out, const bar_chart& chart, bool blocks) {
    std::size_t name_width = 0;
    for (const bar& b : chart.bars) {
        name_width = std::max(name_width, b.name.size());
    }
    out << chart.title << '\n';
    for (const bar& b : chart.bars) {
        const double share = b.value / largest(chart);
        out << "  " << std::left << std::setw(static_cast<int>(name_width)) << b.name << "  "
            << (blocks ? blocks_of(share) : signs_of(share)) << "  " << b.label << '\n';
    }
}

void write_svg(std::ostream& out, const bar_chart& chart) {
    constexpr double left = 280, room = 300, row = 34, top = 60;
    const double height = top + row * static_cast<double>(chart.bars.size()) + 16;
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 " << height
        << "\" font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"14\" role=\"img\">\n  <title>" << chart.title
        << "</title>\n"
           "  <style>\n"
           "    .paper { fill: #ffffff } .ink { fill: #1e293b } .ours { fill: #1d4ed8 } .theirs { fill: #94a3b8 }\n"
           "    @media (prefers-color-scheme: dark) {\n"
           "      .paper { fill: #0d1117 } .ink { fill: #e2e8f0 } .ours { fill: #60a5fa } .theirs { fill: #475569 }\n"
           "    }\n"
           "  </style>\n"
           "  <rect class=\"paper\" width=\"860\" height=\""
        << height << "\"/>\n  <text class=\"ink\" x=\"20\" y=\"32\" font-weight=\"bold\">" << chart.title << "</text>\n";
    double y = top;
    for (const bar& b : chart.bars) {
        const double length = std::max(1.0, room * b.value / largest(chart));
        out << "  <text class=\"ink\" x=\"" << left - 12 << "\" y=\"" << y + 16 << "\" text-anchor=\"end\">" << b.name
            << "</text>\n  <rect class=\"" << (b.is_ours ? "ours" : "theirs") << "\" x=\"" << left << "\" y=\"" << y
            << "\" width=\"" << length << "\" height=\"22\" rx=\"3\"/>\n  <text class=\"ink\" x=\"" << left + length + 10
            << "\" y=\"" << y + 16 << "\">" << b.label << "</text>\n";
        y += row;
    }
    out << "</svg>\n";
}

} // namespace bench
