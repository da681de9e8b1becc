// SPDX-License-Identifier: BSL-1.0
// The settings of a query log.
#pragma once

#include <pgcoro/query_log_entry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace pgcoro {

/// Whether a line shows the SQL of a statement.
enum class query_log_sql : std::uint8_t {
    /// Unless the statement has a name (`operation::named`).
    unless_named,
    always,
    never,
};

/// The defaults log every statement, and no value of a parameter.
struct query_log_options {
    query_log_options() noexcept {}

    /// The fraction of statements that are logged, from 0 to 1. Each one is sampled at random.
    double sample_rate = 1.0;
    /// Logs statements that failed, and slow ones, whatever `sample_rate` says. With a rate of 0, only these are logged.
    bool always_failed = true;
    bool always_slow = true;
    /// A statement that took at least this long, waiting included, is slow. Zero or less: none is.
    std::chrono::nanoseconds slow_after = std::chrono::seconds(1);

    query_log_sql sql = query_log_sql::unless_named;
    /// Longer SQL is cut, as are names. In bytes.
    std::size_t max_sql = 2000;
    /// The number of parameters that are listed.
    std::size_t max_parameters = 20;
    /// Shows the values of parameters, not only their types. They may be personal data or secrets.
    bool values = false;
    /// Longer values are cut. In bytes.
    std::size_t max_value = 100;
    /// Shows the messages of errors, which may quote values: `invalid input syntax for type integer: "..."`.
    bool error_messages = false;

    /// Also logs the ends of transactions that were begun with `begin` or `transact`.
    bool transactions = false;
    /// Also logs attempts to connect, including failed ones, and disconnects.
    bool connections = false;

    /// Turns an entry into a line: `append_text`, or `append_json` of <pgcoro/query_log_json.hpp>, or your own function. Not
    /// set: `append_text`.
    std::function<void(const query_log_entry& entry, std::string& line)> format;
    /// Gives the random numbers for sampling, from 0 to less than 1; called on any thread. Not set: each thread has its own
    /// generator. For tests.
    std::function<double()> random;
};

} // namespace pgcoro
