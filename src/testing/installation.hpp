// SPDX-License-Identifier: BSL-1.0
// The PostgreSQL server installed on this machine.
#pragma once

#include "account.hpp"

#include <pgcoro/result.hpp>

#include <filesystem>
#include <string>

namespace pgcoro::testing {

struct installation {
    /// The folder with `postgres`, `initdb` and `pg_basebackup`.
    std::filesystem::path programs;
    /// What `postgres --version` says.
    std::string version_text;
    /// As `server_version_num`: 150004 for 15.4.
    int version = 0;

    std::string program(const char* name) const { return (programs / name).string(); }
};

/// The folder PGCORO_POSTGRES_BIN names; without it `pg_config --bindir`, then the folders packages install servers to, newest
/// first, then PATH.
result<installation> find_installation(const account& who);

} // namespace pgcoro::testing
