// SPDX-License-Identifier: BSL-1.0
#include "journal.hpp"

#include <pgcoro/types/identifiers.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <ostream>

namespace data_sync {
namespace {

namespace json = boost::json;

constexpr const char* erase_line = "\r\033[K";

std::string bar(double share) {
    constexpr int width = 20;
    const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * width);
    return "[" + std::string(filled, '#') + std::string(width - filled, ' ') + "] ";
}

std::string copy_text(const copy_counts& c) {
    std::string text;
    if (c.estimated_rows > 0) {
        text = bar(static_cast<double>(c.rows) / static_cast<double>(c.estimated_rows));
    }
    return text + std::to_string(c.finished_tables) + " of " + std::to_string(c.tables) + " tables, " + std::to_string(c.rows) +
           " rows";
}

} // namespace

void journal::event(std::string_view kind, std::string_view text, json::object facts) {
    if (json_) {
        json::object line{{"event", kind}, {"time", time_text(std::chrono::system_clock::now())}, {"text", text}};
        for (auto& [key, value] : facts) {
            line[key] = std::move(value);
        }
        *json_ << json::serialize(line) << std::endl;
    }
    write("pgcoro-sync: " + std::string(text));
}

void journal::progress(const std::vector<target_status>& targets) {
    std::string line;
    json::array list;
    for (const auto& t : targets) {
        line.append(line.empty() ? "" : "; ").append(describe(t));
        list.push_back(to_object(t));
    }
    if (json_) {
        const json::object event{
            {"event", "progress"}, {"time", time_text(std::chrono::system_clock::now())}, {"targets", std::move(list)}};
        *json_ << json::serialize(event) << std::endl;
    }
    if (is_terminal_) {
        shown_ = line;
        people_ << erase_line << shown_ << std::flush;
    } else {
        people_ << line << std::endl;
    }
}

void journal::end() {
    if (!shown_.empty()) {
        people_ << std::endl;
        shown_.clear();
    }
}

void journal::write(const std::string& line) {
    people_ << (shown_.empty() ? "" : erase_line) << line << '\n' << shown_ << std::flush;
}

std::string describe(const target_status& t) {
    std::string text = t.name + " " + std::string(name_of(t.state));
    if (t.state == target_state::copying) {
        return text + " " + copy_text(t.copy);
    }
    if (t.state == target_state::following || t.state == target_state::waiting) {
        char rate[48];
        std::snprintf(rate, sizeof rate, ", %.0f changes/s", t.rate);
        text += ", " + bytes_text(t.lag_bytes) + " and " + std::to_string(t.lag_time.count() / 1000) + " s behind" + rate;
    }
    return t.reason.empty() ? text : text + ": " + t.reason;
}

json::object to_object(const target_status& t) {
    json::object object{{"name", t.name},
                        {"state", name_of(t.state)},
                        {"reason", t.reason},
                        {"position", to_string(pgcoro::lsn(t.position))},
                        {"transactions", t.counts.transactions},
                        {"changes", t.counts.changes},
                        {"conflicts", t.counts.conflicts},
                        {"changes_per_second", t.rate},
                        {"lag_bytes", t.lag_bytes},
                        {"lag_seconds", static_cast<double>(t.lag_time.count()) / 1000},
                        {"copied_tables", t.copy.finished_tables},
                        {"tables", t.copy.tables},
                        {"copied_rows", t.copy.rows},
                        {"estimated_rows", t.copy.estimated_rows},
                        {"retained_bytes", nullptr},
                        {"last_error", nullptr},
                        {"last_error_at", nullptr}};
    if (t.retained_bytes) {
        object["retained_bytes"] = *t.retained_bytes;
    }
    if (!t.last_error.empty()) {
        object["last_error"] = t.last_error;
        object["last_error_at"] = time_text(t.last_error_at);
    }
    return object;
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1000 && unit + 1 < units.size(); ++unit) {
        value /= 1000;
    }
    char text[48];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

std::string time_text(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm fields{};
    ::gmtime_r(&seconds, &fields);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &fields);
    return text;
}

} // namespace data_sync
