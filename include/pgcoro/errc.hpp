// SPDX-License-Identifier: BSL-1.0
// Error conditions that the client detects. Errors reported by the server have a SQLSTATE instead (<pgcoro/sqlstate.hpp>).
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

namespace pgcoro {

/// An error condition that the client detects. An `error` and a `boost::system::error_code` compare with it.
enum class errc {
    /// The session ended while the operation needed it: the socket was closed, or the protocol was violated.
    connection_lost = 1,
    /// The owner closed the connection, or this handle was moved from. Statements in flight at that time may have taken effect:
    /// check `error::outcome_unknown()`.
    connection_closed,
    /// The deadline of the operation passed.
    timed_out,

    /// `fetch_one` found no row.
    no_rows,
    /// `fetch_one` or `fetch_optional` found more than one row.
    too_many_rows,
    /// A column was NULL and the C++ type cannot hold NULL: read it into `std::optional`.
    unexpected_null,
    /// The C++ type cannot hold the column's PostgreSQL type; or a COPY cannot write it into the column without loss.
    type_mismatch,
    /// The value does not fit the type it is read into or sent as.
    value_out_of_range,
    /// The result and the row type differ in their number of columns.
    column_count_mismatch,
    /// `row["name"]` or `row[index]` names no column, or a struct that is read by name has a member without a column.
    no_such_column,
    /// A struct that is read by name has a member whose name matches two columns.
    ambiguous_column,
    /// The bytes of a value do not follow the binary format of its type, or the bytes of a COPY do not follow that of COPY.
    malformed_value,

    /// A replication stream did not send the value: the update did not change it (read it into `or_unchanged`), or only the key
    /// of an old row is known.
    value_not_sent,

    /// A composite type differs from the C++ type in its number of attributes, or an attribute has a type that its member
    /// cannot hold. The message says which. The type was looked up once more before this was reported.
    attribute_mismatch,
    /// An enum has a label that the C++ type does not list, or the C++ value has no label.
    unknown_label,
    /// The server has no type with the name that a `pg_type` or a `pgcoro::parameters` gives. Or `to_json` of a changed row
    /// does not know the binary format of a value; the message names its type.
    unknown_type,

    /// Text contains a NUL character, or is not UTF-8 where that matters.
    invalid_text,
    /// A value, or all values of a statement together, exceed what PostgreSQL's protocol can carry.
    value_too_large,
    /// A statement has more than 65 535 parameters.
    too_many_parameters,
    /// The number of values given differs from the number of placeholders in the statement.
    parameter_count_mismatch,

    /// The server answered COMMIT with ROLLBACK: an earlier error had aborted the transaction.
    transaction_rolled_back,
    /// A transaction is open on this connection, or a savepoint in this transaction: run the statement there. Nothing was sent.
    transaction_open,
    /// The transaction is already committed or rolled back. Nothing was sent.
    transaction_over,
    /// The server reports an open transaction that no statement began: some poolers keep a statement's transaction open.
    /// The statement's effects may be lost; the connection was closed.
    transaction_left_open,
    /// Rows are being streamed, or a COPY or a script is running, on this connection or in this transaction: read it to its end
    /// or drop its handle first. Nothing was sent.
    stream_open,
    /// `execute` and its like were given a COPY from STDIN or to STDOUT, or a script contains one, or `copy_in` one of the
    /// other direction: use `copy_in` or `copy_out`. Nothing was sent, or the COPY was ended without data.
    copy_not_supported,

    /// More operations than `pool_options::max_waiting` wait for a connection of the pool.
    pool_exhausted,
    /// The pool was closed.
    pool_closed,
    /// A hook of the pool threw an exception or left a transaction open; or encoding a row threw an exception in
    /// `copy_rows_writer::write`.
    hook_failed,
    /// The statement changes the state of its session, which a multiplexer, or a pooler in transaction mode, does not provide.
    /// Nothing was sent; or the statement was detected only by the transaction it opened, and the connection was closed.
    not_multiplexable,
    /// The limit on waiting statements, or on their bytes, is reached. Nothing was sent.
    overloaded,
    /// The name of a channel is empty, longer than 63 bytes, or not valid text. Nothing was sent.
    invalid_channel,
    /// A pooler accepts LISTEN but does not deliver notifications: a `listener` must connect to the server itself.
    notifications_not_delivered,

    /// The publication that a replication stream was to follow does not exist, or the server can no longer find it.
    no_such_publication,
    /// The replication slot is ahead of the position that the consumer has stored: the changes in between are lost. The slot
    /// may have been dropped and created again.
    changes_lost,

    /// A connection string, URI or option is malformed.
    invalid_configuration,
    /// The option needs a newer libpq than the one in use.
    not_supported_by_libpq,
    /// No server matched `target_session_attrs`.
    no_matching_server,
    /// The SHA-256 fingerprint of the server's certificate is not one of those given to `pin_sha256`.
    certificate_pin_mismatch,
    /// Every attempt to connect failed, not all for the same reason; `error::attempts()` lists them.
    connect_failed,
    /// The server does not offer TLS, and `sslmode` requires it.
    tls_unavailable,
    /// The TLS handshake failed, or the server rejected the client (for lack of a client certificate, for example).
    tls_failed,
    /// The server's certificate is not signed by a trusted authority, has expired, or is for another host name.
    certificate_invalid,
    /// Client and server could not authenticate each other: no password was given, the server could not prove that it knows the
    /// password, channel binding was required and not offered, or the server asked for more SCRAM iterations than allowed.
    authentication_failed,

    /// Test kit: no usable PostgreSQL server installation was found, or the server could not be started;
    /// or `run_sql` could not connect, or lost its connection.
    server_unavailable,
};

/// The category of `errc`.
const boost::system::error_category& client_category() noexcept;

inline boost::system::error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), client_category()}; }

} // namespace pgcoro

template <>
struct boost::system::is_error_code_enum<pgcoro::errc> : std::true_type {};
