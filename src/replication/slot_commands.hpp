// SPDX-License-Identifier: BSL-1.0
// The text of replication commands: "PostgreSQL: Streaming Replication Protocol". They are not SQL: options are quoted strings,
// in which a quote is doubled.
#pragma once

#include <pgcoro/replication_options.hpp>

#include <string>
#include <string_view>

namespace pgcoro::replication {

/// 1 to 63 lower-case letters, digits and underscores: others are refused by every server, but one with a NUL or a semicolon
/// should not get that far. `sqlstate::invalid_name`.
error check_slot_name(std::string_view name);
/// An older server's own error says little about which option it does not know. `errc::invalid_configuration`.
error check_slot_options(const slot_options& options, int server_version);

std::string create_slot_command(std::string_view name, const slot_options& options, int server_version);
std::string drop_slot_command(std::string_view name, bool waits);
/// `from` zero: from where the slot is.
std::string start_command(std::string_view slot, lsn from, const replication_options& options);

/// What is asked before a stream starts: the slot's confirmed_flush_lsn (NULL if there is none), wal_sender_timeout in
/// milliseconds, and the names of the publications that do not exist. Also makes DateStyle, IntervalStyle, extra_float_digits
/// and search_path, on which the text of values depends, what they are for PostgreSQL's own subscriber (libpqwalreceiver.c),
/// whatever the defaults of the server, the database and the role are.
std::string look_before_start(std::string_view slot, const replication_options& options);

} // namespace pgcoro::replication
