// SPDX-License-Identifier: BSL-1.0
// A query log's lines as JSON. A program that includes this header links with Boost.JSON, or compiles <boost/json/src.hpp> in
// one of its files.
//
//     options.format = pgcoro::append_json;
#pragma once

#include <pgcoro/detail/utf8.hpp>
#include <pgcoro/query_log_entry.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro {

/// The entry as an object. It has the members that apply, and "event", "time" and "outcome". Durations are numbers, in
/// milliseconds. Bytes that are not valid UTF-8 are replaced by U+FFFD.
inline boost::json::object to_json(const query_log_entry& entry) {
    boost::json::object out;
    const auto put_text = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) {
            out.emplace(key, detail::clean_utf8(value));
        }
    };
    const auto put_duration = [&](std::string_view key, std::chrono::nanoseconds value) {
        out.emplace(key, std::chrono::duration<double, std::milli>(value).count());
    };
    put_text("time", to_string_utc(entry.time));
    put_text("event", to_string(entry.event));
    put_text("outcome", to_string(entry.outcome));
    put_text("kind", entry.kind);
    put_text("name", entry.name);
    if (entry.event != query_log_event::disconnect) {
        put_duration("total_ms", entry.total);
    }
    if (entry.event == query_log_event::statement) {
        put_duration("waited_ms", entry.waited);
        put_duration("queued_ms", entry.queued);
        put_duration("on_wire_ms", entry.on_wire);
        out.emplace("rows", entry.rows);
    }
    if (entry.statements > 1) {
        out.emplace("statements", entry.statements);
    }
    put_text("host", entry.host);
    if (entry.port != 0) {
        out.emplace("port", entry.port);
    }
    put_text("database", entry.database);
    put_text("user", entry.user);
    if (entry.backend_pid != 0) {
        out.emplace("backend_pid", entry.backend_pid);
    }
    put_text("pool", entry.pool);
    if (entry.is_in_transaction) {
        out.emplace("in_transaction", true);
    }
    if (entry.is_retried) {
        out.emplace("retried", true);
    }
    if (entry.attempt != 0) {
        out.emplace("attempt", entry.attempt);
    }
    put_text("sqlstate", entry.sqlstate);
    put_text("error", entry.error_class);
    put_text("message", entry.message);
    if (!entry.parameters.empty()) {
        boost::json::array parameters;
        for (const auto& parameter : entry.parameters) {
            parameters.emplace_back(detail::clean_utf8(parameter));
        }
        out.emplace("parameters", std::move(parameters));
    }
    put_text("sql", entry.sql);
    return out;
}

/// Appends the entry as one line of JSON, without a line break at its end.
inline void append_json(const query_log_entry& entry, std::string& line) { line += boost::json::serialize(to_json(entry)); }

} // namespace pgcoro
