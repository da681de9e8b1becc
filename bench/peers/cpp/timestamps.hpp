// SPDX-License-Identifier: BSL-1.0
// Timestamps as PostgreSQL writes them in UTC, for drivers that have text: 2024-01-01 00:00:01.234567+00.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace bench::peers {

using microsecond_time = std::chrono::sys_time<std::chrono::microseconds>;

inline int digits(std::string_view text, std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
}

inline microsecond_time read_timestamp(std::string_view text) {
    using namespace std::chrono;
    const sys_days day = year(digits(text, 0, 4)) / digits(text, 5, 2) / digits(text, 8, 2);
    int fraction = 0;
    if (text.size() > 20 && text[19] == '.') {
        int scale = 100'000;
        for (std::size_t at = 20; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
            fraction += (text[at] - '0') * scale;
        }
    }
    return day + hours(digits(text, 11, 2)) + minutes(digits(text, 14, 2)) + seconds(digits(text, 17, 2)) +
           microseconds(fraction);
}

inline std::string write_timestamp(microsecond_time time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss time_of_day(time - day);
    char text[64];
    const int size =
        std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(time_of_day.hours().count()), static_cast<int>(time_of_day.minutes().count()),
                      static_cast<int>(time_of_day.seconds().count()), static_cast<int>(time_of_day.subseconds().count()));
    return std::string(text, static_cast<std::size_t>(size));
}

} // namespace bench::peers
