// SPDX-License-Identifier: BSL-1.0
#include "date_format.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace etl {

std::variant<date_format, std::string> date_format::parse(std::string_view pattern, bool with_time) {
    struct known {
        std::string_view name;
        part is;
    };
    static constexpr known all[] = {{"YYYY", {year, 4, 0, 1}},         {"MM", {month, 2, 0, 1}},      {"DD", {day, 2, 0, 1}},
                                    {"HH24", {hour, 2, 0, 1}},         {"MI", {minute, 2, 0, 1}},     {"SS", {second, 2, 0, 1}},
                                    {"MS", {microsecond, 3, 0, 1000}}, {"US", {microsecond, 6, 0, 1}}};
    date_format made;
    made.with_time_ = with_time;
    std::array<int, fields> seen{};
    bool is_quoted = false;
    while (!pattern.empty()) {
        if (pattern[0] == '"') {
            is_quoted = !is_quoted;
            pattern.remove_prefix(1);
            continue;
        }
        const known* found = nullptr;
        for (const known& k : all) {
            if (!is_quoted && pattern.starts_with(k.name)) {
                found = &k;
                break;
            }
        }
        if (found) {
            if (++seen[found->is.what] > 1) {
                return "the format has " + std::string(found->name) + " twice";
            }
            if (!with_time && found->is.what >= hour) {
                return "a date has no " + std::string(found->name) + "; use the type timestamp";
            }
            made.parts_.push_back(found->is);
            pattern.remove_prefix(found->name.size());
            continue;
        }
        if (!is_quoted && std::isalpha(static_cast<unsigned char>(pattern[0])) != 0) {
            return "unknown pattern \"" + std::string(pattern) + "\": there are YYYY, MM, DD, HH24, MI, SS, MS and US";
        }
        made.parts_.push_back({fields, 1, pattern[0], 1});
        pattern.remove_prefix(1);
    }
    if (is_quoted) {
        return std::string("the format has a quote that is not closed");
    }
    if (seen[year] == 0 || seen[month] == 0 || seen[day] == 0) {
        return std::string("the format needs YYYY, MM and DD");
    }
    return made;
}

std::optional<std::string> date_format::convert(std::string_view text) const {
    std::array<int, fields> value{};
    for (const part& p : parts_) {
        if (text.size() < p.digits || (p.what == fields && text[0] != p.literal)) {
            return std::nullopt;
        }
        if (p.what != fields) {
            const char* const end = text.data() + p.digits;
            const auto read = std::from_chars(text.data(), end, value[p.what]);
            if (text[0] == '-' || read.ec != std::errc{} || read.ptr != end) {
                return std::nullopt;
            }
            value[p.what] *= p.scale;
        }
        text.remove_prefix(p.digits);
    }
    namespace chrono = std::chrono;
    const chrono::year_month_day date{chrono::year(value[year]), chrono::month(static_cast<unsigned>(value[month])),
                                      chrono::day(static_cast<unsigned>(value[day]))};
    if (!text.empty() || !date.ok() || value[year] == 0 || value[hour] > 23 || value[minute] > 59 || value[second] > 59) {
        return std::nullopt;
    }
    char made[80];
    int size = std::snprintf(made, sizeof made, "%04d-%02d-%02d", value[year], value[month], value[day]);
    if (with_time_) {
        size += std::snprintf(made + size, sizeof made - static_cast<std::size_t>(size), " %02d:%02d:%02d.%06d", value[hour],
                              value[minute], value[second], value[microsecond]);
    }
    return std::string(made, static_cast<std::size_t>(size));
}

} // namespace etl
