// SPDX-License-Identifier: BSL-1.0
// One PostgreSQL server with TLS and users of every kind, for all connect tests.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <string>

namespace pgcoro::test {

/// Throws `pgcoro::exception` when there is no server. Its users, with the password "right" where they need one: `scram`,
/// `md5`, `clear` (a password in clear text), `trusted`, `alice` (by certificate), `tls_only` and `plain_only` (trusted, but
/// only with and without TLS).
testing::ephemeral_server& tls_server();

/// Loopback TCP, as `user`, with a password.
connect_config login(const testing::ephemeral_server& server, const std::string& user, const std::string& password = "right");

} // namespace pgcoro::test
