// SPDX-License-Identifier: BSL-1.0
#include "plot.hpp"

#include <algorithm>
#include <cmath>

namespace bench {
namespace {

constexpr double left = 112, right = 570, top = 50, bottom = 410;

/// Whole decades around all values, and where a value is drawn.
class axis {
public:
    axis(const std::vector<curve>& curves, double point::* value, double from, double to) : from_(from), to_(to) {
        double least = curves.front().points.front().*value, most = least;
        for (const auto& c : curves) {
            for (const point& p : c.points) {
                least = std::min(least, p.*value);
                most = std::max(most, p.*value);
            }
        }
        first_ = static_cast<int>(std::floor(std::log10(least)));
        last_ = std::max(first_ + 1, static_cast<int>(std::ceil(std::log10(most))));
    }

    int first_decade() const noexcept { return first_; }
    int last_decade() const noexcept { return last_; }
    double place(double value) const noexcept {
        return from_ + (to_ - from_) * (std::log10(value) - first_) / (last_ - first_);
    }

private:
    double from_;
    double to_;
    int first_ = 0;
    int last_ = 0;
};

// 0.01, 100 000 and 10 M, with narrow spaces.
std::string power_of_ten(int exponent) {
    if (exponent < 0) {
        return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + "1";
    }
    if (exponent >= 6) {
        return power_of_ten(exponent - 6) + "&#8239;M";
    }
    std::string text = "1";
    for (int zeros = exponent; zeros > 0; --zeros) {
        text += zeros % 3 == 0 ? "&#8239;0" : "0";
    }
    return text;
}

void write_head(std::ostream& out, const plot& p) {
    out << R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 470" font-family="DejaVu Sans, Verdana, sans-serif" font-size="14">
  <title>)"
        << p.title << R"(</title>
  <style>
    .paper { fill: #ffffff } .ink { fill: #1e293b } .grid { stroke: #cbd5e1 } .curve { fill: none; stroke-width: 2.5 }
    .c0 { color: #1d4ed8 } .c1 { color: #0e7490 } .c2 { color: #15803d } .c3 { color: #b45309 } .c4 { color: #be123c } .c5 { color: #7e22ce }
    .curve { stroke: currentColor } .dot { fill: currentColor }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117 } .ink { fill: #e2e8f0 } .grid { stroke: #334155 }
      .c0 { color: #60a5fa } .c1 { color: #22d3ee } .c2 { color: #4ade80 } .c3 { color: #fbbf24 } .c4 { color: #fb7185 } .c5 { color: #c084fc }
    }
  </style>
  <rect class="paper" width="800" height="470"/>
  <text class="ink" x="112" y="28" font-weight="bold">)"
        << p.title << "</text>\n";
}

void write_axes(std::ostream& out, const plot& p, const axis& x, const axis& y) {
    for (int decade = x.first_decade(); decade <= x.last_decade(); ++decade) {
        const double at = x.place(std::pow(10, decade));
        out << "  <line class=\"grid\" x1=\"" << at << "\" y1=\"" << top << "\" x2=\"" << at << "\" y2=\"" << bottom << "\"/>\n"
            << "  <text class=\"ink\" x=\"" << at << "\" y=\"" << bottom + 20 << "\" text-anchor=\"middle\">"
            << power_of_ten(decade) << "</text>\n";
    }
    for (int decade = y.first_decade(); decade <= y.last_decade(); ++decade) {
        const double at = y.place(std::pow(10, decade));
        out << "  <line class=\"grid\" x1=\"" << left << "\" y1=\"" << at << "\" x2=\"" << right << "\" y2=\"" << at << "\"/>\n"
            << "  <text class=\"ink\" x=\"" << left - 8 << "\" y=\"" << at + 5 << "\" text-anchor=\"end\">"
            << power_of_ten(decade) << "</text>\n";
    }
    out << "  <text class=\"ink\" x=\"" << (left + right) / 2 << "\" y=\"" << bottom + 45 << "\" text-anchor=\"middle\">"
        << p.x_label << "</text>\n  <text class=\"ink\" transform=\"translate(18 " << (top + bottom) / 2
        << ") rotate(-90)\" text-anchor=\"middle\">" << p.y_label << "</text>\n";
}

void write_curve(std::ostream& out, const curve& c, std::size_t number, const axis& x, const axis& y) {
    out << "  <g class=\"c" << number << "\">\n    <polyline class=\"curve\" points=\"";
    for (const point& p : c.points) {
        out << x.place(p.x) << ',' << y.place(p.y) << ' ';
    }
    out << "\"/>\n";
    for (const point& p : c.points) {
        out << "    <circle class=\"dot\" cx=\"" << x.place(p.x) << "\" cy=\"" << y.place(p.y) << "\" r=\"4\"/>\n";
    }
    const double row = top + 20 + 26 * static_cast<double>(number);
    out << "    <line class=\"curve\" x1=\"" << right + 20 << "\" y1=\"" << row << "\" x2=\"" << right + 44 << "\" y2=\"" << row
        << "\"/>\n    <text class=\"ink\" x=\"" << right + 50 << "\" y=\"" << row + 5 << "\" font-size=\"13\">" << c.name
        << "</text>\n  </g>\n";
}

} // namespace

void write_svg(std::ostream& out, const plot& p) {
    const axis x(p.curves, &point::x, left, right);
    const axis y(p.curves, &point::y, bottom, top);
    const auto digits = out.precision(4);
    write_head(out, p);
    write_axes(out, p, x, y);
    for (std::size_t i = 0; i != p.curves.size(); ++i) {
        write_curve(out, p.curves[i], i, x, y);
    }
    out << "</svg>\n";
    out.precision(digits);
}

} // namespace bench
