// SPDX-License-Identifier: BSL-1.0
#include "streams_report.hpp"

#include <iomanip>

namespace bench {
namespace {

constexpr int title_width = 22;

// By hand and ours: a median in ns, and the quartiles.
void print_cpu(std::ostream& out, const std::vector<cost>& costs) {
    std::vector<double> values;
    for (const cost& c : costs) {
        values.push_back(c.cpu_us * 1000);
    }
    const spread s = spread_of(std::move(values));
    out << std::setw(5) << fixed(s.median, 0) << ' ' << std::left << std::setw(14) << range(s, 0) << std::right;
}

const char* verdict(bool met) { return met ? "met" : "MISSED"; }

} // namespace

bool print_costs(std::ostream& out, const std::vector<stream_work>& works, const costs_by_name& costs) {
    out << std::left << std::setw(title_width) << "client CPU per row" << "ns (quartiles)       by hand              "
        << "ratio (quartiles)    at most\n";
    bool all_met = true;
    for (const auto& w : works) {
        const spread ratio = spread_of(ratios({.ours = w.ours, .theirs = w.theirs, .limit = {}}, costs));
        out << std::left << std::setw(title_width) << w.title << std::right;
        print_cpu(out, costs.at(w.ours));
        print_cpu(out, costs.at(w.theirs));
        out << ' ' << fixed(ratio.median, 2) << ' ' << std::left << std::setw(16) << range(ratio, 2) << std::right;
        if (w.limit) {
            const bool met = ratio.median <= *w.limit;
            all_met = all_met && met;
            out << fixed(*w.limit, 2) << ", " << verdict(met);
        } else {
            out << "      ";
        }
        out << "  [" << w.other_way << "]\n";
    }
    return all_met;
}

bool print_peaks(std::ostream& out, const std::vector<stream_work>& works, const std::map<std::string, long>& peaks,
                 long limit) {
    constexpr double mebibyte = 1024;
    out << std::left << std::setw(title_width) << "peak memory" << "MiB above a process that only connects; at most "
        << fixed(static_cast<double>(limit) / mebibyte, 0) << '\n';
    bool all_met = true;
    for (const auto& w : works) {
        const long peak = peaks.at(w.ours);
        out << std::left << std::setw(title_width) << w.title << std::right << std::setw(5)
            << fixed(static_cast<double>(peak) / mebibyte, 1) << "  " << verdict(peak <= limit) << '\n';
        all_met = all_met && peak <= limit;
    }
    return all_met;
}

} // namespace bench
