// SPDX-License-Identifier: BSL-1.0
// Reads `tls_info` from a connection.
#pragma once

#include <pgcoro/tls_info.hpp>

#include <libpq-fe.h>

#include <optional>
#include <string>

namespace pgcoro::wire {

/// Nothing if the connection is not encrypted by TLS.
std::optional<tls_info> read_tls_facts(PGconn* connection);

/// SHA-256 of the server's certificate as 64 lower-case hexadecimal digits; empty without a certificate.
std::string peer_fingerprint(PGconn* connection);

} // namespace pgcoro::wire
