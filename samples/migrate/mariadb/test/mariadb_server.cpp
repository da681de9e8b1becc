// SPDX-License-Identifier: BSL-1.0
#include "mariadb_server.hpp"

#include "testing/account.hpp"
#include "testing/process.hpp"
#include "testing/supervisor.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace migrate::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto start_limit = 120s;

/// The supervisor starts this as it starts PostgreSQL: with arguments that MariaDB does not know. It ends it with SIGQUIT,
/// which a shell's background processes ignore unless they are told not to.
std::string program(const fs::path& folder) {
    const std::string data = "--datadir='" + (folder / "data").string() + "'";
    return "#!/bin/sh\nPATH=$PATH:/usr/sbin\nulimit -c 0\nset -e\n"
           "mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db " +
           data + " --innodb-log-file-size=4M --innodb-buffer-pool-size=8M\n" +
           "exec env --default-signal=QUIT mariadbd --no-defaults " + data + " --socket='" + (folder / "socket").string() +
           "' --pid-file='" + (folder / "pid").string() +
           "' --skip-networking --skip-ssl --innodb-log-file-size=4M --innodb-buffer-pool-size=16M --innodb-fast-shutdown=2"
           " --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=0 --sync-frm=0"
           " --aria-sync-log-dir=never --log-bin=binlog --server-id=1 --sync-binlog=0 --key-buffer-size=1M --aria-pagecache-buffer-size=1M"
           " --performance-schema=off --max-connections=50 --character-set-server=utf8mb4 --lc-messages=en_US\n";
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

mariadb_server::mariadb_server() {
    const auto who = pgcoro::testing::server_account().value();
    parent_ = std::make_unique<pgcoro::testing::supervisor>(pgcoro::testing::supervisor::start(who).value());
    folder_ = parent_->folder();
    const auto script = folder_ / "program";
    std::ofstream(script) << program(folder_);
    fs::permissions(script, fs::perms::owner_all);
    pgcoro::testing::give_to(who, script).value();
    wait_until_it_answers(parent_->start_server(script.string()).value());
}

mariadb_server::~mariadb_server() = default;

fs::path mariadb_server::socket() const { return folder_ / "socket"; }

mariadb::settings mariadb_server::settings(const std::string& database) const {
    mariadb::settings s;
    s.socket = socket().string();
    s.user = "root";
    s.database = database;
    return s;
}

std::string mariadb_server::url(const std::string& database, const std::string& options) const {
    return "mariadb://root@/" + database + "?socket=" + socket().string() + options;
}

void mariadb_server::run_sql(std::string_view statements, const std::string& database) {
    auto session = mariadb::session::connect(settings(database)).value();
    while (!statements.empty()) {
        const auto end = statements.find(";\n");
        const auto statement = statements.substr(0, end);
        statements.remove_prefix(end == std::string_view::npos ? statements.size() : end + 2);
        if (statement.find_first_not_of(" \n") != std::string_view::npos) {
            session.execute(std::string(statement)).value();
        }
    }
}

/// Its end wakes us at once; that it answers must be asked for again and again.
void mariadb_server::wait_until_it_answers(pid_t process) {
    const auto watched = pgcoro::testing::open_process(process);
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    while (!mariadb::session::connect(settings("mysql"))) {
        if (pgcoro::testing::wait_readable(watched.get(), 20ms) || std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("MariaDB does not start: " + text_of(folder_ / "server.log"));
        }
    }
}

} // namespace migrate::test
