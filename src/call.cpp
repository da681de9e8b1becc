// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/call.hpp>

namespace pgcoro::detail {

void call_base::start_clock() noexcept {
    const auto now = clock::now();
    // "Within for ever" must not overflow.
    if (limit_ < clock::time_point::max() - now) {
        deadline_ = std::min(deadline_, now + limit_);
    }
}

} // namespace pgcoro::detail
