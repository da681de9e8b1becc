// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/date_time.hpp>

namespace pgcoro::detail {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// Counted from 2000-01-01. What lies outside, the server would refuse: 4714-11-24 BC to 5874897-12-31.
constexpr std::int64_t first_date = -2'451'545;
constexpr std::int64_t last_date = 2'145'031'948;

} // namespace

void encode_date(std::int64_t days_since_1970, value_writer& out) {
    if (days_since_1970 < first_date + epoch_days || days_since_1970 > last_date + epoch_days) {
        return out.fail(errc::value_out_of_range);
    }
    out.put(static_cast<std::uint32_t>(days_since_1970 - epoch_days));
}

void encode_timestamp(std::int64_t microseconds, value_writer& out) {
    std::byte bytes[sizeof microseconds];
    if (const errc failure = store_timestamp(microseconds, bytes); failure != errc{}) {
        return out.fail(failure);
    }
    out.put(bytes, sizeof bytes);
}

errc decode_date(value_bytes bytes, sys_days& out) noexcept {
    if (bytes.size() != sizeof(std::int32_t)) {
        return errc::malformed_value;
    }
    const auto sent = static_cast<std::int32_t>(load_big_endian<std::uint32_t>(bytes.data()));
    const std::int64_t since_1970 = sent + epoch_days;
    // The extremes are the infinities. `days` need not have more than 32 bits.
    if (sent == std::numeric_limits<std::int32_t>::min() || sent == std::numeric_limits<std::int32_t>::max() ||
        since_1970 > std::numeric_limits<std::int32_t>::max()) {
        return errc::value_out_of_range;
    }
    out = sys_days(days(static_cast<days::rep>(since_1970)));
    return {};
}

errc decode_date(value_bytes bytes, year_month_day& out) noexcept {
    sys_days date;
    if (const errc failure = decode_date(bytes, date); failure != errc{}) {
        return failure;
    }
    constexpr sys_days first = std::chrono::year::min() / std::chrono::January / 1;
    constexpr sys_days last = std::chrono::year::max() / std::chrono::December / 31;
    if (date < first || date > last) {
        return errc::value_out_of_range;
    }
    out = date;
    return {};
}

} // namespace pgcoro::detail
