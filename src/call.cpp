// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/call.hpp>

namespace pgcoro::detail {

void call_base::start_clock() noexcept {
    const auto now = clock::now();
    // "Within for ever" must not overflow.
    deadline_ = limit_ < clock::time_point::max() - now ? now + limit_ : clock::time_point::max();
}

} // namespace pgcoro::detail
