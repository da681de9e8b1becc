// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/time_of_day.hpp>

#include <pgcoro/detail/big_endian.hpp>

namespace pgcoro {
namespace {

using namespace std::chrono;

constexpr seconds end_of_offsets = hours(16);

void append_two_digits(std::string& text, std::int64_t number) {
    text.push_back(static_cast<char>('0' + number / 10 % 10));
    text.push_back(static_cast<char>('0' + number % 10));
}

void append_fraction(std::string& text, microseconds fraction) {
    if (fraction == microseconds(0)) {
        return;
    }
    text.push_back('.');
    for (microseconds unit(100'000); fraction != microseconds(0); unit /= 10) {
        text.push_back(static_cast<char>('0' + fraction / unit));
        fraction %= unit;
    }
}

} // namespace

void pg_type<time_of_day>::encode(time_of_day value, value_writer& out) {
    if (!value.ok()) {
        return out.fail(errc::value_out_of_range);
    }
    out.put(static_cast<std::uint64_t>(value.since_midnight().count()));
}

errc pg_type<time_of_day>::decode(oid_number, value_bytes bytes, time_of_day& out) noexcept {
    if (bytes.size() != sizeof(std::int64_t)) {
        return errc::malformed_value;
    }
    out = time_of_day(microseconds(static_cast<std::int64_t>(detail::load_big_endian<std::uint64_t>(bytes.data()))));
    return out.ok() ? errc{} : errc::malformed_value;
}

// PostgreSQL counts the offset westwards.
void pg_type<time_with_offset>::encode(time_with_offset value, value_writer& out) {
    if (value.offset <= -end_of_offsets || value.offset >= end_of_offsets) {
        return out.fail(errc::value_out_of_range);
    }
    pg_type<time_of_day>::encode(value.time, out);
    out.put(static_cast<std::uint32_t>(-value.offset.count()));
}

errc pg_type<time_with_offset>::decode(oid_number column, value_bytes bytes, time_with_offset& out) noexcept {
    constexpr std::size_t time_size = sizeof(std::int64_t);
    if (bytes.size() != time_size + sizeof(std::int32_t)) {
        return errc::malformed_value;
    }
    const std::int64_t west = static_cast<std::int32_t>(detail::load_big_endian<std::uint32_t>(bytes.data() + time_size));
    out.offset = seconds(-west);
    if (out.offset <= -end_of_offsets || out.offset >= end_of_offsets) {
        return errc::malformed_value;
    }
    return pg_type<time_of_day>::decode(column, bytes.first(time_size), out.time);
}

std::string to_string(time_of_day value) {
    if (!value.ok()) {
        return "(no time of day)";
    }
    const auto time = value.since_midnight();
    std::string text;
    append_two_digits(text, duration_cast<hours>(time).count());
    text.push_back(':');
    append_two_digits(text, duration_cast<minutes>(time).count() % 60);
    text.push_back(':');
    append_two_digits(text, duration_cast<seconds>(time).count() % 60);
    append_fraction(text, time % seconds(1));
    return text;
}

std::string to_string(time_with_offset value) {
    std::string text = to_string(value.time);
    if (value.offset <= -end_of_offsets || value.offset >= end_of_offsets) {
        return text + " (no offset)";
    }
    const auto offset = abs(value.offset);
    text.push_back(value.offset < seconds(0) ? '-' : '+');
    append_two_digits(text, duration_cast<hours>(offset).count());
    if (offset % hours(1) != seconds(0)) {
        text.push_back(':');
        append_two_digits(text, duration_cast<minutes>(offset).count() % 60);
    }
    if (offset % minutes(1) != seconds(0)) {
        text.push_back(':');
        append_two_digits(text, offset.count() % 60);
    }
    return text;
}

} // namespace pgcoro
