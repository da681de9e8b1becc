// SPDX-License-Identifier: BSL-1.0
// A throwaway MariaDB server for tests: the installed one, with temporary data.
#pragma once

#include "mariadb/session.hpp"
#include "mariadb/settings.hpp"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace pgcoro::testing {
class supervisor;
}

namespace migrate::test {

/// Listens on a Unix socket only, and has the user root without a password. It ends with this object or with this process, and
/// its files go with it: the test kit's supervisor is its parent, as it is a PostgreSQL server's. If root runs the process, the
/// server runs as the user `postgres` or `nobody`.
class mariadb_server {
public:
    /// Fails the test, by an exception, if no server is installed or it does not start.
    mariadb_server();
    mariadb_server(const mariadb_server&) = delete;
    mariadb_server& operator=(const mariadb_server&) = delete;
    ~mariadb_server();

    std::filesystem::path socket() const;
    /// Of root, who may do everything.
    mariadb::settings settings(const std::string& database) const;
    /// "mariadb://user@/database?socket=...", and what follows it.
    std::string url(const std::string& database, const std::string& options = "") const;

    /// Runs statements that end with a semicolon at the end of a line, as root, with UTF-8 and without checks of what is
    /// stored (sql_mode is empty). Throws if one fails.
    void run_sql(std::string_view statements, const std::string& database = "mysql");

private:
    void wait_until_it_answers(pid_t process);

    std::unique_ptr<pgcoro::testing::supervisor> parent_;
    std::filesystem::path folder_;
};

} // namespace migrate::test
