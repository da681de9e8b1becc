// SPDX-License-Identifier: BSL-1.0
#include "apply_mode.hpp"

#include <algorithm>

namespace data_sync {

void mode_choice::begin(apply_mode mode, std::int64_t changes) noexcept {
    mode_ = mode;
    left_ = changes;
}

bool mode_choice::on_failure() noexcept {
    switch (mode_) {
    case apply_mode::together:
        begin(apply_mode::one_by_one, pause_);
        pause_ = std::min(2 * pause_, longest_pause_);
        return true;
    case apply_mode::one_by_one: begin(apply_mode::careful, first_pause_); return true;
    case apply_mode::careful: break;
    }
    return false;
}

void mode_choice::on_progress(std::int64_t changes) noexcept {
    left_ -= changes;
    if (left_ > 0) {
        return;
    }
    switch (mode_) {
    case apply_mode::together: pause_ = first_pause_; break;
    case apply_mode::one_by_one: begin(apply_mode::together, pause_); break;
    case apply_mode::careful: begin(apply_mode::one_by_one, pause_); break;
    }
}

} // namespace data_sync
