// SPDX-License-Identifier: BSL-1.0
// The options of an `ephemeral_server`.
#pragma once

#include <pgcoro/testing/certificate_authority.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::testing {

/// How the server stores a password, and so how the user authenticates.
enum class password_encryption { scram_sha_256, md5 };

/// A role that may log in. It needs its password over TCP and, except for the superuser, on the Unix socket.
struct server_user {
    server_user(std::string role, std::string secret, password_encryption how = password_encryption::scram_sha_256)
        : name(std::move(role)), password(std::move(secret)), encryption(how) {}

    std::string name;
    std::string password;
    password_encryption encryption;
};

/// TLS: the server's certificate, and certificates for its users.
struct server_tls {
    server_tls() {}

    /// The contents of the server's certificate. Its key is never encrypted.
    certificate_options certificate = certificate_options::for_server();

    /// Users who get a certificate. To require it, add a line such as "hostssl all alice all cert" to
    /// `server_options::hba_lines`.
    std::vector<std::string> client_certificates;

    /// The authority that issues them all. Not set: a new one for this server alone.
    std::optional<certificate_authority> authority;
};

/// The kind of server that `ephemeral_server` starts. The defaults: PostgreSQL's own settings, one superuser, no TLS.
struct server_options {
    server_options() {}

    /// Lines of postgresql.conf. They come after the test kit's own: no fsync, time zone UTC, messages in English, otherwise
    /// PostgreSQL's defaults. Values are quoted automatically. The settings for where the server listens are fixed.
    std::map<std::string, std::string> settings;

    /// Lines of pg_hba.conf. They come before the test kit's own, which trust the superuser on the Unix socket (its directory
    /// is closed to everybody else) and require a password for everything else.
    std::vector<std::string> hba_lines;

    /// Off if not set. Connections without TLS stay possible, unless `hostssl` and `hostnossl` in `hba_lines` say otherwise.
    std::optional<server_tls> tls;

    /// Created when the server has started for the first time.
    std::vector<server_user> users;

    /// The name of the superuser. Its password is random and part of `ephemeral_server::tcp_dsn()`.
    std::string superuser = "postgres";

    /// Additional arguments for initdb, such as "--data-checksums". Each combination has its own template.
    std::vector<std::string> initdb_arguments;

    /// Where templates are kept between runs. Empty: `pgcoro` in $XDG_CACHE_HOME or ~/.cache; for root, whose directories the
    /// server's user cannot enter, one in the directory for temporary files.
    std::filesystem::path cache_directory;

    /// How long the server may take to start or to stop.
    std::chrono::milliseconds patience = std::chrono::seconds(60);
};

} // namespace pgcoro::testing
