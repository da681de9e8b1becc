// SPDX-License-Identifier: BSL-1.0
// Connection strings and their keywords, as the libpq in use understands them.
#pragma once

#include "connect/settings_map.hpp"

#include <pgcoro/result.hpp>

#include <string>
#include <string_view>

namespace pgcoro::wire {

using detail::settings_map;

/// The settings a string of keywords, or a URI, spells out. The error says at which character the text is wrong and never
/// quotes it: what looks like a stray word may be half of a password.
result<settings_map> parse_conninfo(std::string_view text);

bool libpq_has_keyword(std::string_view keyword);

/// Whether libpq, or we in its place, know a keyword. `errc::not_supported_by_libpq` if only a newer libpq does.
result<void> check_keyword(std::string_view keyword);

/// What libpq would use: the given settings, then the service file, the environment, libpq's defaults. Connects to nothing.
/// An unset `sslmode` and `gssencmode` stay unset, for there our defaults differ. Without `reads_passfile` no password file is
/// among them.
result<settings_map> resolve_settings(const settings_map& given, bool reads_passfile);

/// Whether libpq would read a service file.
bool names_service(const settings_map& given);
/// Where libpq would look for the password; empty if it has one.
std::string passfile_of(const settings_map& given);
/// Why libpq would complain about the password file on stderr, and not read it; empty if it would not.
std::string passfile_problem(const std::string& path);

/// Whether a setting's value may be printed.
bool is_secret(std::string_view keyword) noexcept;

/// Refuses versions of libpq (as in 150020) whose pipeline mode can lose its place.
result<void> check_libpq_version(int version);

} // namespace pgcoro::wire
