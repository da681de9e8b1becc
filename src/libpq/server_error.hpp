// SPDX-License-Identifier: BSL-1.0
// The error in one of libpq's results: all the fields the server sent.
#pragma once

#include <pgcoro/error.hpp>

#include <libpq-fe.h>

#include <string_view>

namespace pgcoro::wire {

/// `statement` is the SQL text that failed, if known. A result libpq made itself (the connection broke, memory ran out) has no
/// SQLSTATE and gives `errc::connection_lost` with libpq's text; one of a server that sent none gives `protocol_violation`.
error server_error(const PGresult* result, std::string_view statement = {});

/// The connection broke, and libpq says how.
error libpq_error(const PGconn* connection);

/// The server could run a statement, but not send its rows in binary: a type has no binary output.
bool lacks_binary_output(const error& e) noexcept;
/// The same for who has asked for types that need it.
error without_binary_output(const error& e);

} // namespace pgcoro::wire
