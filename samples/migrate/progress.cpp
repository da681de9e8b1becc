// SPDX-License-Identifier: BSL-1.0
#include "progress.hpp"

#include <algorithm>

namespace migrate {

void progress::add(std::uint64_t rows, std::uint64_t bytes) {
    so_far_.rows += rows;
    so_far_.bytes += bytes;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ >= journal_.interval()) {
        shown_ = now;
        show();
    }
}

void progress::finish() { show(); }

double progress::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

void progress::show() {
    so_far_.elapsed = std::chrono::steady_clock::now() - began_;
    if (so_far_.rows > 0) {
        const double share = static_cast<double>(std::max(expected_rows_, so_far_.rows)) / static_cast<double>(so_far_.rows);
        so_far_.total_bytes = static_cast<std::uint64_t>(static_cast<double>(so_far_.bytes) * share);
    }
    journal_.show(so_far_);
}

} // namespace migrate
