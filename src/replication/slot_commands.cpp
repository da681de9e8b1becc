// SPDX-License-Identifier: BSL-1.0
#include "replication/slot_commands.hpp"

#include <algorithm>

namespace pgcoro::replication {
namespace {

std::string doubled(std::string_view text, char quote) {
    std::string quoted(1, quote);
    for (const char c : text) {
        quoted.append(c == quote ? 2 : 1, c);
    }
    quoted.push_back(quote);
    return quoted;
}

std::string name(std::string_view text) { return doubled(text, '"'); }
std::string literal(std::string_view text) { return doubled(text, '\''); }

/// In SQL, where a backslash may be special: standard_conforming_strings is the server's.
std::string sql_literal(std::string_view text) {
    std::string quoted = " E'";
    for (const char c : text) {
        quoted.append(c == '\'' || c == '\\' ? 2 : 1, c);
    }
    quoted.push_back('\'');
    return quoted;
}

void add(std::string& list, std::string_view option) { list.append(list.empty() ? "" : ", ").append(option); }

std::string_view protocol_version(const replication_options& options) noexcept {
    if (options.streaming == stream_large_transactions::parallel) {
        return "4";
    }
    if (options.two_phase) {
        return "3";
    }
    return options.streaming == stream_large_transactions::on ? "2" : "1";
}

} // namespace

error check_slot_name(std::string_view name) {
    const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (!name.empty() && name.size() <= 63 && std::ranges::all_of(name, is_allowed)) {
        return {};
    }
    return error(make_error_code(sqlstate::invalid_name),
                 "a replication slot's name must have 1 to 63 characters, lower-case letters, digits and underscores");
}

error check_slot_options(const slot_options& options, int server_version) {
    if (options.failover && server_version < 170000) {
        return error(errc::invalid_configuration, "slot_options::failover needs PostgreSQL 17 or newer; the server is " +
                                                      std::to_string(server_version / 10'000));
    }
    return {};
}

std::string create_slot_command(std::string_view slot, const slot_options& options, int server_version) {
    std::string command =
        "CREATE_REPLICATION_SLOT " + name(slot) + (options.temporary ? " TEMPORARY" : "") + " LOGICAL pgoutput";
    const bool exports = options.snapshot == slot_snapshot::exported;
    if (server_version < 150000) {
        command += exports ? " EXPORT_SNAPSHOT" : " NOEXPORT_SNAPSHOT";
        return command + (options.two_phase ? " TWO_PHASE" : "");
    }
    std::string list;
    add(list, exports ? "SNAPSHOT 'export'" : "SNAPSHOT 'nothing'");
    if (options.two_phase) {
        add(list, "TWO_PHASE true");
    }
    if (options.failover) {
        add(list, "FAILOVER true");
    }
    return command + " (" + list + ")";
}

std::string drop_slot_command(std::string_view slot, bool waits) {
    return "DROP_REPLICATION_SLOT " + name(slot) + (waits ? " WAIT" : "");
}

std::string start_command(std::string_view slot, lsn from, const replication_options& options) {
    std::string publications;
    for (const auto& publication : options.publications) {
        add(publications, name(publication));
    }
    std::string list;
    add(list, "proto_version '" + std::string(protocol_version(options)) + "'");
    add(list, "publication_names " + literal(publications));
    if (options.binary) {
        add(list, "binary 'true'");
    }
    if (options.messages) {
        add(list, "messages 'true'");
    }
    if (options.streaming != stream_large_transactions::off) {
        add(list, options.streaming == stream_large_transactions::on ? "streaming 'on'" : "streaming 'parallel'");
    }
    if (options.two_phase) {
        add(list, "two_phase 'true'");
    }
    if (options.only_local) {
        add(list, "origin 'none'");
    }
    return "START_REPLICATION SLOT " + name(slot) + " LOGICAL " + to_string(from) + " (" + list + ")";
}

std::string look_before_start(std::string_view slot, const replication_options& options) {
    std::string names;
    for (const auto& publication : options.publications) {
        add(names, sql_literal(publication));
    }
    return "select (select confirmed_flush_lsn from pg_catalog.pg_replication_slots where slot_name = " + sql_literal(slot) +
           "), (select setting from pg_catalog.pg_settings where name = 'wal_sender_timeout'), "
           "(select pg_catalog.string_agg(p, ', ') from pg_catalog.unnest(array[" +
           names +
           "]::pg_catalog.text[]) p where p not in (select pubname from pg_catalog.pg_publication))"
           " from pg_catalog.set_config('DateStyle', 'ISO', false) as dates, "
           "pg_catalog.set_config('IntervalStyle', 'postgres', false) as intervals, "
           "pg_catalog.set_config('extra_float_digits', '3', false) as floats, "
           "pg_catalog.set_config('search_path', '', false) as path";
}

} // namespace pgcoro::replication
