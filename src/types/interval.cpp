// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/interval.hpp>

#include <pgcoro/detail/big_endian.hpp>

namespace pgcoro {

void pg_type<interval>::encode(const interval& value, value_writer& out) {
    out.put(static_cast<std::uint64_t>(value.time.count()));
    out.put(static_cast<std::uint32_t>(value.days));
    out.put(static_cast<std::uint32_t>(value.months));
}

errc pg_type<interval>::decode(oid_number, value_bytes bytes, interval& out) noexcept {
    if (bytes.size() != 16) {
        return errc::malformed_value;
    }
    out.time = std::chrono::microseconds(static_cast<std::int64_t>(detail::load_big_endian<std::uint64_t>(bytes.data())));
    out.days = static_cast<std::int32_t>(detail::load_big_endian<std::uint32_t>(bytes.data() + 8));
    out.months = static_cast<std::int32_t>(detail::load_big_endian<std::uint32_t>(bytes.data() + 12));
    return {};
}

errc detail::decode_duration(value_bytes bytes, std::int64_t& microseconds) noexcept {
    interval value;
    if (const errc failure = pg_type<interval>::decode(oids::interval, bytes, value); failure != errc{}) {
        return failure;
    }
    constexpr std::int64_t day = std::chrono::microseconds(std::chrono::hours(24)).count();
    const bool fits = !__builtin_mul_overflow(std::int64_t{value.days}, day, &microseconds) &&
                      !__builtin_add_overflow(microseconds, value.time.count(), &microseconds);
    return value.months == 0 && fits ? errc{} : errc::value_out_of_range;
}

} // namespace pgcoro
