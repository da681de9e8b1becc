// SPDX-License-Identifier: BSL-1.0
// Dates, timestamps and intervals as the server prints them with DateStyle ISO and IntervalStyle postgres.
#include "types/text_parts.hpp"

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/interval.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

namespace pgcoro {
namespace detail {
namespace {

constexpr std::int64_t microseconds_of_second = 1'000'000;
constexpr std::int64_t microseconds_of_day = 86'400 * microseconds_of_second;

void append_padded(std::int64_t number, std::size_t digits, std::string& out) {
    const auto text = std::to_string(number);
    out.append(text.size() < digits ? digits - text.size() : 0, '0').append(text);
}

/// A date of the Gregorian calendar before and after it was one. <chrono> ends with the year 32767, PostgreSQL later.
struct civil_date {
    std::int64_t year;
    std::int64_t month;
    std::int64_t day;
};

/// By the usual trick: years that begin in March end with the day that is not always there.
civil_date civil(std::int64_t days_since_1970) noexcept {
    constexpr std::int64_t days_of_era = 146'097; // 400 years
    const std::int64_t days = days_since_1970 + 719'468;
    const std::int64_t era = (days >= 0 ? days : days - days_of_era + 1) / days_of_era;
    const std::int64_t day_of_era = days - era * days_of_era;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t from_march = (5 * day_of_year + 2) / 153;
    const std::int64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
    return {year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * from_march + 2) / 5 + 1};
}

/// There is no year 0: before 1 comes 1 BC.
void append(const civil_date& date, std::string& out) {
    append_padded(date.year > 0 ? date.year : 1 - date.year, 4, out);
    out.push_back('-');
    append_padded(date.month, 2, out);
    out.push_back('-');
    append_padded(date.day, 2, out);
}

/// "04:05:06.7"; not negative.
void append_time(std::uint64_t microseconds, std::string& out) {
    const auto fraction = static_cast<std::int64_t>(microseconds % microseconds_of_second);
    const auto seconds = static_cast<std::int64_t>(microseconds / microseconds_of_second);
    append_padded(seconds / 3600, 2, out);
    out.push_back(':');
    append_padded(seconds / 60 % 60, 2, out);
    out.push_back(':');
    append_padded(seconds % 60, 2, out);
    if (fraction != 0) {
        out.push_back('.');
        append_padded(fraction, 6, out);
        out.erase(out.find_last_not_of('0') + 1);
    }
}

/// "infinity", if it is one.
template <class T>
bool append_infinity(T sent, std::string& out) {
    using limits = std::numeric_limits<T>;
    if (sent != limits::max() && sent != limits::min()) {
        return false;
    }
    out += sent > 0 ? "infinity" : "-infinity";
    return true;
}

} // namespace

errc append_date(value_bytes bytes, std::string& out) {
    if (bytes.size() != sizeof(std::int32_t)) {
        return errc::malformed_value;
    }
    const auto sent = static_cast<std::int32_t>(load_big_endian<std::uint32_t>(bytes.data()));
    if (!append_infinity(sent, out)) {
        const auto date = civil(sent + epoch_days);
        append(date, out);
        out += date.year > 0 ? "" : " BC";
    }
    return {};
}

errc append_timestamp(value_bytes bytes, char separator, std::string_view zone, std::string& out) {
    if (bytes.size() != sizeof(std::int64_t)) {
        return errc::malformed_value;
    }
    const auto sent = static_cast<std::int64_t>(load_big_endian<std::uint64_t>(bytes.data()));
    if (append_infinity(sent, out)) {
        return {};
    }
    const std::int64_t days = sent / microseconds_of_day - (sent % microseconds_of_day < 0);
    const auto date = civil(days + epoch_days);
    append(date, out);
    out.push_back(separator);
    const std::int64_t time = sent % microseconds_of_day;
    append_time(static_cast<std::uint64_t>(time < 0 ? time + microseconds_of_day : time), out);
    out.append(zone).append(date.year > 0 ? "" : " BC");
    return {};
}

errc append_interval(value_bytes bytes, std::string& out) {
    interval value;
    if (const errc failure = pg_type<interval>::decode(oids::interval, bytes, value); failure != errc{}) {
        return failure;
    }
    out += to_string(value);
    return {};
}

} // namespace detail

std::string to_string(const interval& value) {
    if (value.is_infinite()) {
        return value.months > 0 ? "infinity" : "-infinity";
    }
    std::string out;
    bool after_negative = false; // then a positive number says that it is one
    const auto append_unit = [&](std::int64_t number, std::string_view unit) {
        if (number == 0) {
            return;
        }
        out.append(!out.empty() ? " " : "").append(after_negative && number > 0 ? "+" : "");
        out.append(std::to_string(number)).append(" ").append(unit).append(number != 1 ? "s" : "");
        after_negative = number < 0;
    };
    append_unit(value.months / 12, "year");
    append_unit(value.months % 12, "mon");
    append_unit(value.days, "day");
    const std::int64_t time = value.time.count();
    if (time != 0 || out.empty()) {
        out.append(!out.empty() ? " " : "").append(time < 0 ? "-" : after_negative ? "+" : "");
        detail::append_time(time < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(time) : static_cast<std::uint64_t>(time),
                            out);
    }
    return out;
}

} // namespace pgcoro
