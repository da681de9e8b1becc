// SPDX-License-Identifier: BSL-1.0
#include "mariadb/calendar.hpp"

#include <charconv>
#include <chrono>

namespace migrate::mariadb {
namespace {

int number_at(std::string_view text, std::size_t at, std::size_t digits) {
    int number = 0;
    if (at + digits <= text.size()) {
        std::from_chars(text.data() + at, text.data() + at + digits, number);
    }
    return number;
}

} // namespace

bool is_real_date(std::string_view text) {
    const std::chrono::year_month_day day{std::chrono::year(number_at(text, 0, 4)),
                                          std::chrono::month(static_cast<unsigned>(number_at(text, 5, 2))),
                                          std::chrono::day(static_cast<unsigned>(number_at(text, 8, 2)))};
    return day.ok() && day.year() > std::chrono::year(0);
}

std::string_view without_trailing_zeros(std::string_view time) {
    if (time.find('.') == std::string_view::npos) {
        return time;
    }
    while (time.ends_with('0')) {
        time.remove_suffix(1);
    }
    if (time.ends_with('.')) {
        time.remove_suffix(1);
    }
    return time;
}

bool is_time_of_day(std::string_view time) {
    return time.size() >= 8 && time[2] == ':' && number_at(time, 0, 2) < 24 && !time.starts_with('-');
}

} // namespace migrate::mariadb
