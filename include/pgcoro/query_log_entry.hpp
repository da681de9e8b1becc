// SPDX-License-Identifier: BSL-1.0
// What a `query_log` writes a line about.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro {

enum class query_log_event : std::uint8_t { statement, transaction_end, connect, disconnect };

/// The outcome, from which a log can choose its level. A call that failed counts as failed, however long it took.
enum class query_log_outcome : std::uint8_t { ok, slow, failed };

/// One event. Fields that do not apply are empty or zero. All text is valid UTF-8, and cut at the lengths of
/// `query_log_options`; it may contain line breaks.
struct query_log_entry {
    query_log_event event = query_log_event::statement;
    query_log_outcome outcome = query_log_outcome::ok;
    /// When it ended.
    std::chrono::system_clock::time_point time;

    /// For a statement, its `call_kind`; for a transaction, how it ended (`transaction_end`).
    std::string kind;
    std::string name;
    /// The statements of a batch have "; " between them.
    std::string sql;
    /// More than one in a batch; for `execute_many`, the number of rows.
    std::size_t statements = 0;
    /// The type of each, such as "int4" ("unspecified" where the server infers it, as for strings); with
    /// `query_log_options::values`, "int4 = 5". For `execute_many`, those of the first row.
    std::vector<std::string> parameters;

    /// The whole duration. For a statement, the sum of the other three.
    std::chrono::nanoseconds total{};
    std::chrono::nanoseconds waited{};
    std::chrono::nanoseconds queued{};
    std::chrono::nanoseconds on_wire{};
    std::uint64_t rows = 0;

    std::string host;
    std::uint16_t port = 0;
    std::string database;
    std::string user;
    int backend_pid = 0;
    /// Of `connect`: the pool that the connection is for, by `pool_options::name`.
    std::string pool;

    /// Five characters; empty if the error did not come from the server.
    std::string sqlstate;
    /// The class of an error: the condition's name, such as "unique_violation", or what the error code means. It never contains
    /// any part of the statement or its values.
    std::string error_class;
    /// With `query_log_options::error_messages`: the server's message, which may quote values.
    std::string message;

    bool is_retried = false;
    bool is_in_transaction = false;
    /// Which attempt of `transact` a transaction was, counted from 1.
    int attempt = 0;
};

std::string_view to_string(query_log_event event) noexcept;
std::string_view to_string(query_log_outcome outcome) noexcept;

/// The time in UTC: "2026-05-01T12:00:00.123456Z".
std::string to_string_utc(std::chrono::system_clock::time_point time);

/// Appends one line, without a line break at its end, of `key=value` pairs: logfmt. Values with spaces are quoted. Quotes and
/// backslashes in them are escaped with a backslash, line breaks and control characters are written as in JSON.
void append_text(const query_log_entry& entry, std::string& line);

} // namespace pgcoro
