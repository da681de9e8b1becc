// SPDX-License-Identifier: BSL-1.0
// Conditions the client itself detects. What the server reports has a SQLSTATE instead (<pgcoro/sqlstate.hpp>).
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

namespace pgcoro {

/// What the client itself detects. An `error` and a `boost::system::error_code` compare with it.
enum class errc {
    /// The session ended while the operation needed it: the socket closed, or the protocol was violated.
    connection_lost = 1,
    /// The connection was closed by its owner, or this handle was moved from. What was in flight then may have been done:
    /// ask `error::outcome_unknown()`.
    connection_closed,
    /// The deadline of the operation passed.
    timed_out,

    /// `fetch_one` found no row.
    no_rows,
    /// `fetch_one` or `fetch_optional` found more than one row.
    too_many_rows,
    /// A column was NULL and the C++ type has no place for that: read it into `std::optional`.
    unexpected_null,
    /// The C++ type cannot hold the column's PostgreSQL type.
    type_mismatch,
    /// The value does not fit the type it was to be read into or sent as.
    value_out_of_range,
    /// The result has another number of columns than the row type.
    column_count_mismatch,
    /// `row["name"]` or `row[index]` names no column, or a struct that is read by name has a member without one.
    no_such_column,
    /// A struct that is read by name has a member whose name two columns have.
    ambiguous_column,
    /// The bytes of a value are not what its type's binary format prescribes.
    malformed_value,

    /// A composite type has another number of attributes than the C++ type, or one of a type that its member cannot hold: the
    /// message says which. The server was asked again before.
    attribute_mismatch,
    /// An enum has a label that the C++ type does not know, or the C++ value has none.
    unknown_label,
    /// The server knows no type of the name that a `pg_type` or a `pgcoro::parameters` gives.
    unknown_type,

    /// Text holds a NUL character, or is not UTF-8 where that matters.
    invalid_text,
    /// A value, or all values of a statement together, exceed what PostgreSQL's protocol can carry.
    value_too_large,
    /// A statement has more than 65 535 parameters.
    too_many_parameters,
    /// The number of values given differs from the number of placeholders in the statement.
    parameter_count_mismatch,

    /// COMMIT was answered with ROLLBACK: an earlier error had aborted the transaction.
    transaction_rolled_back,
    /// A transaction is open on this connection, or a savepoint in this transaction: statements go to that. Nothing was sent.
    transaction_open,
    /// The transaction was committed or rolled back. Nothing was sent.
    transaction_over,
    /// The server says that a transaction is open, although nothing has begun one: some poolers keep a statement's transaction
    /// open. What the statement did may be lost; the connection was closed.
    transaction_left_open,
    /// A statement started a COPY, which `execute` and `fetch` cannot carry; the connection was closed.
    copy_not_supported,

    /// More operations wait for a connection of the pool than `pool_options::max_waiting`.
    pool_exhausted,
    /// The pool was closed.
    pool_closed,
    /// A hook of the pool threw an exception, or left a transaction open.
    hook_failed,
    /// The statement changes the state of its session, and on a multiplexer nobody has one. Nothing was sent; or it was not
    /// seen before it had opened a transaction, and the connection was closed for that.
    not_multiplexable,
    /// As many statements, or bytes of them, are waiting as may. Nothing was sent.
    overloaded,

    /// A connection string, URI or option is malformed.
    invalid_configuration,
    /// The option needs a newer libpq than the one in use.
    not_supported_by_libpq,
    /// No server matched `target_session_attrs`.
    no_matching_server,
    /// The server's certificate has another SHA-256 fingerprint than `pin_sha256`.
    certificate_pin_mismatch,
    /// Every attempt to connect failed, and not all for the same reason; `error::attempts()` lists them.
    connect_failed,
    /// The server does not offer TLS, and `sslmode` demands it.
    tls_unavailable,
    /// The TLS handshake failed, or the server refused our side of it (as for want of a client certificate).
    tls_failed,
    /// The server's certificate is not signed by a trusted authority, has expired, or is for another host name.
    certificate_invalid,
    /// Client and server could not agree on who is who: no password was given, the server could not prove that it knows it, or
    /// channel binding was required and not offered, or the server asked for more calculations than it may.
    authentication_failed,

    /// No usable PostgreSQL server installation was found, or the server could not be started (test kit).
    server_unavailable,
};

/// The category of `errc`.
const boost::system::error_category& client_category() noexcept;

inline boost::system::error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), client_category()}; }

} // namespace pgcoro

template <>
struct boost::system::is_error_code_enum<pgcoro::errc> : std::true_type {};
