// SPDX-License-Identifier: BSL-1.0
// What an `ephemeral_server` is made like.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
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

struct server_options {
    server_options() {}

    /// Lines of postgresql.conf. They come after the test kit's own: no fsync, time zone UTC, messages in English, the rest as
    /// PostgreSQL has it. Values are quoted for you. Where the server listens is not for you to set.
    std::map<std::string, std::string> settings;

    /// Lines of pg_hba.conf, before the test kit's own: the superuser on the unix socket is trusted (the folder is closed to
    /// everybody else), everything else gives its password.
    std::vector<std::string> hba_lines;

    /// Made when the server has started for the first time.
    std::vector<server_user> users;

    /// The name of the superuser. Its password is random; `ephemeral_server::tcp_dsn()` has it.
    std::string superuser = "postgres";

    /// More arguments for initdb, such as "--data-checksums". Each combination has a template of its own.
    std::vector<std::string> initdb_arguments;

    /// Where templates are kept between runs. Empty: `pgcoro` in $XDG_CACHE_HOME or ~/.cache; for root, whose folders the server's
    /// user cannot enter, one in the folder for temporary files.
    std::filesystem::path cache_directory;

    /// How long the server may take to start or to stop.
    std::chrono::milliseconds patience = std::chrono::seconds(60);
};

} // namespace pgcoro::testing
