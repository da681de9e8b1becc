// SPDX-License-Identifier: BSL-1.0
#include "progress_line.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace common {
namespace {

constexpr const char* erase_line = "\r\033[K";

std::string megabytes(double bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MB", bytes / 1e6);
    return text;
}

std::string bar(double share) {
    constexpr int width = 20;
    const int filled = static_cast<int>(share * width);
    char percent[16];
    std::snprintf(percent, sizeof percent, "] %3d %%   ", static_cast<int>(share * 100));
    return "[" + std::string(static_cast<std::size_t>(filled), '#') +
           std::string(static_cast<std::size_t>(width - filled), ' ') + percent;
}

} // namespace

std::string describe(const pgcoro::transfer_report& report) {
    const bool is_over = !report.tag.text().empty();
    const double rate = report.bytes_per_second();
    std::string text;
    if (report.total_bytes != 0 && !is_over) {
        // A file may grow while it is read.
        text = bar(std::min(1.0, static_cast<double>(report.bytes) / static_cast<double>(report.total_bytes)));
    }
    text += std::to_string(report.rows) + " rows   " + megabytes(static_cast<double>(report.bytes)) + "   " + megabytes(rate) +
            "/s";
    if (report.total_bytes > report.bytes && rate > 0 && !is_over) {
        const double seconds = static_cast<double>(report.total_bytes - report.bytes) / rate;
        text += "   " + std::to_string(static_cast<long>(std::ceil(seconds))) + " s left";
    }
    return text;
}

void progress_line::show(const pgcoro::transfer_report& report) {
    if (!is_terminal_) {
        out_ << describe(report) << std::endl;
        return;
    }
    bar_ = describe(report);
    out_ << erase_line << bar_ << std::flush;
}

void progress_line::write(std::string_view line) {
    if (!bar_.empty()) {
        out_ << erase_line;
    }
    out_ << line << '\n' << bar_ << std::flush;
}

void progress_line::end() {
    if (!bar_.empty()) {
        out_ << std::endl;
        bar_.clear();
    }
}

} // namespace common
