// SPDX-License-Identifier: BSL-1.0
#include "journal.hpp"

#include <boost/json/serialize.hpp>

#include <ctime>
#include <ostream>

namespace common {

namespace json = boost::json;

void journal::operation(std::string_view what, json::object facts) {
    std::string line = time() + " " + std::string(what);
    for (const auto& [key, value] : facts) {
        line += " " + std::string(key) + "=" + json::serialize(value);
    }
    if (log_) {
        *log_ << line << std::endl;
    }
    if (json_) {
        json::object event{{"operation", what}};
        for (auto& [key, value] : facts) {
            event[key] = std::move(value);
        }
        write_json("operation", std::move(event));
    } else {
        people_.write(line);
    }
}

void journal::error(const std::string& message, const pgcoro::error& why) {
    people_.end();
    const bool is_from_server = why.sqlstate() != pgcoro::sqlstate::successful_completion;
    if (log_) {
        *log_ << time() << " failed message=" << json::serialize(json::string_view(message)) << std::endl;
    }
    if (json_) {
        json::object event{{"message", message}};
        if (is_from_server) {
            event["sqlstate"] = pgcoro::to_string(why.sqlstate());
        }
        write_json("error", std::move(event));
    }
    people_.write(program_ + ": " + message);
}

void journal::summary(json::object facts, const std::string& text, std::ostream& out) {
    people_.end();
    if (log_) {
        *log_ << time() << " summary " << json::serialize(facts) << std::endl;
    }
    if (json_) {
        write_json("summary", std::move(facts));
    } else {
        out << text << std::flush;
    }
}

pgcoro::progress_meter journal::meter() {
    return pgcoro::progress_meter(pgcoro::progress_meter::observer([this](const auto& report) { show(report); }), interval());
}

void journal::show(const pgcoro::transfer_report& report) {
    if (!json_) {
        people_.show(report);
        return;
    }
    json::object event{{"rows", report.rows}, {"bytes", report.bytes}};
    if (report.total_bytes != 0) {
        event["total_bytes"] = report.total_bytes;
    }
    event["seconds"] = std::chrono::duration<double>(report.elapsed).count();
    write_json("progress", std::move(event));
}

void journal::write_json(std::string_view event, json::object facts) {
    json::object line{{"event", event}, {"time", time()}};
    for (auto& [key, value] : facts) {
        line[key] = std::move(value);
    }
    *json_ << json::serialize(line) << std::endl;
}

std::string journal::time() const {
    const std::time_t now = std::chrono::system_clock::to_time_t(now_());
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

} // namespace common
