// SPDX-License-Identifier: BSL-1.0
// How to reach a MariaDB or MySQL server, and what is done about values that PostgreSQL does not have.
#pragma once

#include <pgcoro/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace migrate::mariadb {

/// Whether the connection is encrypted; the names are PostgreSQL's.
enum class tls_mode {
    disable,
    prefer,      // if the server can
    require,     // or no connection, but with whatever certificate
    verify_full, // with a certificate that is valid for the host
};

/// A date with a part that is zero or that the calendar does not have: '0000-00-00', '2024-00-10', '2023-02-31'.
enum class zero_dates {
    null_or_fail,  // NULL if the column allows it, otherwise an error
    drop_not_null, // NULL; columns of dates are never NOT NULL at the target, unless they are in the primary key
    fail,
};

/// Bytes that are not valid in their character set, and NUL characters, which PostgreSQL's text cannot hold.
enum class invalid_text {
    fail,
    replace, // U+FFFD stands for what is invalid
};

struct settings {
    std::string host; // empty: the Unix socket
    std::uint16_t port = 3306;
    std::string socket; // empty: libmariadb's default
    std::string user;
    std::string password;
    std::string database;
    /// An option file whose group [client] gives what the URL does not, such as the password.
    std::string defaults_file;
    tls_mode tls = tls_mode::prefer;
    std::string ca_file;
    mariadb::zero_dates zero_dates = mariadb::zero_dates::null_or_fail;
    mariadb::invalid_text invalid_text = mariadb::invalid_text::fail;
};

/// Whether a source is for this folder: "mariadb:" or "mysql:".
bool is_url(std::string_view text);

/// Reads "mariadb://user:password@host:3306/database?zero-dates=drop-not-null". Without a host:
/// `socket=/run/mysqld/mysqld.sock`.
///
/// Options: `socket`, `defaults-file`, `sslmode` (disable, prefer, require, verify-full), `sslrootcert`, `zero-dates` (null,
/// drop-not-null, error), `invalid-text` (error, replace).
/// Errors: `failure::wrong_usage`; the message has no part of the password.
pgcoro::result<settings> parse_url(std::string_view text);

} // namespace migrate::mariadb
