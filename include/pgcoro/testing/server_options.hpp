// SPDX-License-Identifier: BSL-1.0
// What an `ephemeral_server` is made like.
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

/// How the server keeps a password, and so how the user proves to know it.
enum class password_encryption { scram_sha_256, md5 };

/// A role that may log in. Over TCP, and on the unix socket for all but the superuser, it needs its password.
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

    /// What the server's certificate says. Its key is never encrypted.
    certificate_options certificate = certificate_options::for_server();

    /// Users who get a certificate; a line such as "hostssl all alice all cert" in `server_options::hba_lines` makes them need
    /// it.
    std::vector<std::string> client_certificates;

    /// Who issues them all. Empty: a new authority, of this server alone.
    std::optional<certificate_authority> authority;
};

/// What kind of server `ephemeral_server` starts. The defaults: PostgreSQL's own settings, one superuser, no TLS.
struct server_options {
    server_options() {}

    /// Lines of postgresql.conf. They come after the test kit's own: no fsync, time zone UTC, messages in English, the rest as
    /// PostgreSQL has it. Values are quoted for you. Where the server listens is not for you to set.
    std::map<std::string, std::string> settings;

    /// Lines of pg_hba.conf, before the test kit's own: the superuser on the unix socket is trusted (the folder is closed to
    /// everybody else), everything else gives its password.
    std::vector<std::string> hba_lines;

    /// Off if empty. Connections without TLS are still possible: `hostssl` and `hostnossl` in `hba_lines` say otherwise.
    std::optional<server_tls> tls;

    /// Made when the server has started for the first time.
    std::vector<server_user> users;

    /// The name of the superuser. Its password is random; `ephemeral_server::tcp_dsn()` has it.
    std::string superuser = "postgres";

    /// More arguments for initdb, such as "--data-checksums". Each combination has a template of its own.
    std::vector<std::string> initdb_arguments;

    /// Where templates are kept between runs. Empty: `pgcoro` in $XDG_CACHE_HOME or ~/.cache; for root, whose folders the
    /// server's user cannot enter, one in the folder for temporary files.
    std::filesystem::path cache_directory;

    /// How long the server may take to start or to stop.
    std::chrono::milliseconds patience = std::chrono::seconds(60);
};

} // namespace pgcoro::testing
