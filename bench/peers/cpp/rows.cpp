// SPDX-License-Identifier: BSL-1.0
#include "rows.hpp"

namespace bench::peers {

item make_item(std::int64_t i) {
    using namespace std::chrono;
    constexpr sys_days start = year(2024) / 1 / 1;
    return {
        .id = i,
        .quantity = static_cast<std::int32_t>(i % 1'000'003),
        .price = static_cast<double>(i) * 0.37,
        .name = "row text number " + std::to_string(i) + " 0123456789abcdef",
        .created_at = start + microseconds(i * 1'234'567),
    };
}

} // namespace bench::peers
