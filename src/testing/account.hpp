// SPDX-License-Identifier: BSL-1.0
// The user the server runs as: PostgreSQL refuses to run as root.
#pragma once

#include <pgcoro/result.hpp>

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace pgcoro::testing {

struct account {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;
    /// We are root and have to become this user before we start anything.
    bool switches = false;
};

/// Ourselves; for root the user `postgres`, or `nobody` where that does not exist.
result<account> server_account();

/// Gives a file or folder that we made to the user the server runs as.
result<> give_to(const account& who, const std::filesystem::path& path);

} // namespace pgcoro::testing
