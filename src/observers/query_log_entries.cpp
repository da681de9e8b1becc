// SPDX-License-Identifier: BSL-1.0
#include "observers/query_log_entries.hpp"

#include <pgcoro/detail/utf8.hpp>
#include <pgcoro/oids.hpp>

#include <string>
#include <utility>

namespace pgcoro::observers {
namespace {

// What a configuration or the server names: never that long.
constexpr std::size_t longest_name = 1000;

std::string clean_name(std::string_view name) { return detail::clean_utf8(name, longest_name); }

query_log_entry begin_entry(query_log_event event, const connection_facts* connection) {
    query_log_entry entry;
    entry.event = event;
    entry.time = std::chrono::system_clock::now();
    if (connection) {
        entry.host = clean_name(connection->host);
        entry.port = connection->port;
        entry.database = clean_name(connection->database);
        entry.user = clean_name(connection->user);
        entry.backend_pid = connection->backend_pid;
    }
    return entry;
}

void add_failure(query_log_entry& entry, const error& failure, const query_log_options& options) {
    if (!failure) {
        return;
    }
    if (failure.sqlstate() != sqlstate::successful_completion) {
        entry.sqlstate = to_string(failure.sqlstate());
    }
    entry.error_class = class_of(failure);
    if (options.error_messages) {
        entry.message = detail::clean_utf8(failure.message(), options.max_sql);
    }
}

/// The statements of a call that differ in their text. Those of `execute_many` do not.
std::size_t texts_of(const statement_event& e) noexcept {
    return e.kind() == call_kind::execute_many && e.statements() > 1 ? 1 : e.statements();
}

std::string sql_of(const statement_event& e, const query_log_options& options) {
    const bool is_shown =
        options.sql == query_log_sql::always || (options.sql == query_log_sql::unless_named && e.name().empty());
    if (!is_shown) {
        return {};
    }
    std::string all(e.sql(0));
    for (std::size_t i = 1; i < texts_of(e) && all.size() <= options.max_sql; ++i) {
        all.append("; ").append(e.sql(i));
    }
    return detail::clean_utf8(all, options.max_sql);
}

std::string parameter_of(const statement_event& e, std::size_t statement, std::size_t parameter,
                         const query_log_options& options) {
    const auto type = e.parameter_types(statement)[parameter];
    std::string text = type == oids::unspecified ? "unspecified" : clean_name(type_name(type));
    if (options.values) {
        text += " = " + detail::clean_utf8(e.value(statement, parameter), options.max_value);
    }
    return text;
}

std::vector<std::string> parameters_of(const statement_event& e, const query_log_options& options) {
    std::vector<std::string> all;
    for (std::size_t statement = 0; statement < texts_of(e); ++statement) {
        for (std::size_t i = 0; i < e.parameter_types(statement).size(); ++i) {
            if (all.size() == options.max_parameters) {
                all.emplace_back("...");
                return all;
            }
            all.push_back(parameter_of(e, statement, i, options));
        }
    }
    return all;
}

} // namespace

std::string class_of(const error& e) {
    const auto state = e.sqlstate();
    if (state == sqlstate::successful_completion) {
        return clean_name(e.code().message());
    }
    const auto name = condition_name(state);
    return std::string(name.empty() ? condition_name(sqlstate_class(state)) : name);
}

query_log_entry entry_of(const statement_event& e, query_log_outcome outcome, const query_log_options& options) {
    query_log_entry entry = begin_entry(query_log_event::statement, e.connection());
    entry.outcome = outcome;
    entry.kind = to_string(e.kind());
    entry.name = detail::clean_utf8(e.name(), options.max_sql);
    entry.sql = sql_of(e, options);
    entry.statements = e.statements();
    entry.parameters = parameters_of(e, options);
    entry.total = e.total();
    entry.waited = e.waited();
    entry.queued = e.queued();
    entry.on_wire = e.on_wire();
    entry.rows = e.rows();
    entry.is_retried = e.is_retried();
    entry.is_in_transaction = e.is_in_transaction();
    add_failure(entry, e.failure(), options);
    return entry;
}

query_log_entry entry_of(const connect_event& e, const query_log_options& options) {
    query_log_entry entry = begin_entry(query_log_event::connect, e.connection);
    entry.outcome = e.failure ? query_log_outcome::failed : query_log_outcome::ok;
    entry.total = e.duration;
    entry.pool = clean_name(e.pool);
    add_failure(entry, e.failure, options);
    return entry;
}

query_log_entry entry_of(const disconnect_event& e, const query_log_options& options) {
    query_log_entry entry = begin_entry(query_log_event::disconnect, &e.connection);
    if (e.why != errc::connection_closed) {
        entry.outcome = query_log_outcome::failed;
        add_failure(entry, e.why, options);
    }
    return entry;
}

query_log_entry entry_of(const transaction_event& e, const query_log_options&) {
    query_log_entry entry = begin_entry(query_log_event::transaction_end, &e.connection);
    const bool is_lost = e.outcome == transaction_end::lost || e.outcome == transaction_end::unknown;
    entry.outcome = is_lost ? query_log_outcome::failed : query_log_outcome::ok;
    entry.kind = to_string(e.outcome);
    entry.total = e.duration;
    entry.attempt = e.attempt;
    return entry;
}

} // namespace pgcoro::observers
