// SPDX-License-Identifier: BSL-1.0
#include "observers/recent_fingerprints.hpp"

namespace pgcoro::observers {

bool recent_fingerprints::contains(std::uint64_t fingerprint, time_point now) {
    forget_old(now);
    return known_.contains(fingerprint);
}

bool recent_fingerprints::add(std::uint64_t fingerprint, time_point now) {
    forget_old(now);
    if (by_age_.size() >= most_) {
        return false;
    }
    known_.insert(fingerprint);
    by_age_.push_back({fingerprint, now});
    return true;
}

void recent_fingerprints::forget_old(time_point now) {
    while (!by_age_.empty() && now - by_age_.front().since >= kept_for_) {
        known_.erase(by_age_.front().fingerprint);
        by_age_.pop_front();
    }
}

} // namespace pgcoro::observers
