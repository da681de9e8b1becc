// SPDX-License-Identifier: BSL-1.0
#include "moments.hpp"

#include <chrono>

namespace migrate::sqlite {
namespace {

using namespace std::chrono;

/// One to nine digits, and nothing else.
std::optional<int> read_number(std::string_view digits) {
    int number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        number = number * 10 + (c - '0');
    }
    return number;
}

/// Into the last characters before `end`, with leading zeros.
void put_number(char* end, unsigned number, int digits) {
    for (; digits > 0; --digits, number /= 10) {
        *--end = static_cast<char>('0' + number % 10);
    }
}

std::optional<sys_days> read_days(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto y = read_number(text.substr(0, 4));
    const auto m = read_number(text.substr(5, 2));
    const auto d = read_number(text.substr(8, 2));
    if (!y || !m || !d || *y == 0) {
        return std::nullopt;
    }
    const year_month_day date(year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d)));
    return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

std::optional<microseconds> read_fraction(std::string_view digits) {
    while (digits.size() > 6 && digits.back() == '0') {
        digits.remove_suffix(1);
    }
    if (digits.empty() || digits.size() > 6) {
        return std::nullopt;
    }
    std::string six(digits);
    six.resize(6, '0');
    const auto number = read_number(six);
    return number ? std::optional(microseconds(*number)) : std::nullopt;
}

std::optional<microseconds> read_time_of_day(std::string_view text) {
    if ((text.size() != 5 && text.size() < 8) || text[2] != ':' || (text.size() > 5 && text[5] != ':')) {
        return std::nullopt;
    }
    const auto h = read_number(text.substr(0, 2));
    const auto m = read_number(text.substr(3, 2));
    const auto s = text.size() > 5 ? read_number(text.substr(6, 2)) : std::optional(0);
    std::optional<microseconds> fraction(0);
    if (text.size() > 8) {
        fraction = text[8] == '.' ? read_fraction(text.substr(9)) : std::nullopt;
    }
    if (!h || !m || !s || !fraction || *h > 23 || *m > 59 || *s > 59) {
        return std::nullopt;
    }
    return hours(*h) + minutes(*m) + seconds(*s) + *fraction;
}

/// "08:00:00", "08:00:00.25", appended.
void append_time(std::string& out, microseconds t) {
    const hh_mm_ss<microseconds> parts(t);
    char text[] = "00:00:00.000000";
    put_number(text + 2, static_cast<unsigned>(parts.hours().count()), 2);
    put_number(text + 5, static_cast<unsigned>(parts.minutes().count()), 2);
    put_number(text + 8, static_cast<unsigned>(parts.seconds().count()), 2);
    if (parts.subseconds().count() == 0) {
        out.append(text, 8);
        return;
    }
    put_number(text + 15, static_cast<unsigned>(parts.subseconds().count()), 6);
    out.append(text, 15);
    out.erase(out.find_last_not_of('0') + 1);
}

/// "2026-11-29", appended. The year has four digits.
void append_date(std::string& out, sys_days days) {
    const year_month_day date(days);
    char text[] = "0000-00-00";
    put_number(text + 4, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    put_number(text + 7, static_cast<unsigned>(date.month()), 2);
    put_number(text + 10, static_cast<unsigned>(date.day()), 2);
    out.append(text, 10);
}

using moment = sys_time<microseconds>;

std::optional<moment> read_moment(std::string_view text) {
    const auto days = read_days(text.substr(0, 10));
    if (!days || text.size() == 10) {
        return days ? std::optional(moment(*days)) : std::nullopt;
    }
    if (text[10] != ' ' && text[10] != 'T') {
        return std::nullopt;
    }
    const auto time = read_time_of_day(text.substr(11));
    return time ? std::optional(moment(*days) + *time) : std::nullopt;
}

std::string moment_text(moment m) {
    const auto days = floor<std::chrono::days>(m);
    std::string out;
    out.reserve(32);
    append_date(out, days);
    out += ' ';
    append_time(out, m - days);
    return out;
}

/// Takes the time zone from the end of the text; nothing if it is none.
std::optional<minutes> take_zone(std::string_view& text) {
    if (text.ends_with('Z')) {
        text.remove_suffix(1);
        return minutes(0);
    }
    const auto sign = text.size() > 16 ? text.find_first_of("+-", 16) : std::string_view::npos;
    if (sign == std::string_view::npos) {
        return minutes(0);
    }
    const std::string_view zone = text.substr(sign);
    if (zone.size() != 6 || zone[3] != ':') {
        return std::nullopt;
    }
    const auto h = read_number(zone.substr(1, 2));
    const auto m = read_number(zone.substr(4, 2));
    if (!h || !m || *h > 15 || *m > 59) {
        return std::nullopt;
    }
    text.remove_suffix(zone.size());
    return zone[0] == '-' ? -(hours(*h) + minutes(*m)) : hours(*h) + minutes(*m);
}

} // namespace

std::optional<std::string> read_date(std::string_view text) {
    const auto days = read_days(text);
    std::string out;
    if (!days) {
        return std::nullopt;
    }
    append_date(out, *days);
    return out;
}

std::optional<std::string> read_time(std::string_view text) {
    const auto time = read_time_of_day(text);
    std::string out;
    if (!time) {
        return std::nullopt;
    }
    append_time(out, *time);
    return out;
}

std::optional<std::string> read_timestamp(std::string_view text) {
    const auto read = read_moment(text);
    return read ? std::optional(moment_text(*read)) : std::nullopt;
}

std::optional<std::string> read_timestamptz(std::string_view text) {
    const auto zone = take_zone(text);
    const auto read = zone ? read_moment(text) : std::nullopt;
    // PostgreSQL prints years before 1 in another way.
    if (!read || *read - *zone < moment(sys_days(year(1) / 1 / 1)) || *read - *zone >= moment(sys_days(year(10000) / 1 / 1))) {
        return std::nullopt;
    }
    return moment_text(*read - *zone) + "+00";
}

} // namespace migrate::sqlite
