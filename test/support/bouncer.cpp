// SPDX-License-Identifier: BSL-1.0
#include "support/bouncer.hpp"

#include "support/libpq_session.hpp"
#include "testing/account.hpp"
#include "testing/process.hpp"
#include "testing/supervisor.hpp"

#include <gtest/gtest.h>

#include <sched.h>

#include <chrono>
#include <csignal>
#include <fstream>

namespace pgcoro::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto start_limit = 30s;

std::string settings(const testing::ephemeral_server& server, const std::string& pool_mode, int pool_size,
                     const fs::path& folder) {
    return "[databases]\npostgres = host=" + server.socket_directory().string() + " port=" + std::to_string(server.port()) +
           " user=" + server.superuser() + " dbname=postgres pool_size=" + std::to_string(pool_size) +
           "\n[pgbouncer]\npool_mode = " + pool_mode +
           "\nauth_type = any\nlisten_port = 6432\nunix_socket_dir = " + folder.string() +
           "\nlogfile = " + (folder / "log").string() +
           "\nignore_startup_parameters = extra_float_digits\nserver_login_retry = 1\n";
}

/// The supervisor starts programs as it starts a server, with arguments that PgBouncer does not know, and ends them with a
/// SIGQUIT that what a shell starts in the background ignores, unless it wants it.
std::string program(const fs::path& folder) {
    return "#!/bin/sh\nPATH=$PATH:/usr/sbin\nulimit -c 0\nexec env --default-signal=QUIT pgbouncer -q '" +
           (folder / "settings.ini").string() + "'\n";
}

result<> write(const fs::path& path, const std::string& text, const testing::account& owner) {
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_all);
    return testing::give_to(owner, path);
}

result<> write_files(const fs::path& folder, const testing::account& who, const std::string& settings) {
    BOOST_OUTCOME_TRY(write(folder / "settings.ini", settings, who));
    return write(folder / "program", program(folder), who);
}

std::string dsn_of(const fs::path& folder) { return "host='" + folder.string() + "' port=6432 user=someone dbname=postgres"; }

} // namespace

bouncer::bouncer(const testing::ephemeral_server& server, const std::string& pool_mode, int pool_size) {
    const auto who = testing::server_account().value();
    parent_ = std::make_unique<testing::supervisor>(testing::supervisor::start(who).value());
    folder_ = parent_->folder();
    write_files(folder_, who, settings(server, pool_mode, pool_size, folder_)).value();
    start();
}

bouncer::~bouncer() = default;

connect_config bouncer::config() const {
    connect_config c;
    c.host(folder_.string()).port(6432).user("someone").database("postgres");
    return c;
}

bool bouncer::announces_itself() const {
    const libpq_session session(dsn_of(folder_));
    return PQparameterStatus(session.native(), "pgbouncer.pool_mode") != nullptr;
}

void bouncer::restart() {
    const auto watched = testing::open_process(process_);
    ::kill(process_, SIGKILL);
    testing::wait_readable(watched.get(), start_limit);
    parent_->reap().value();
    process_ = 0;
    start();
}

/// Waits until it takes connections, or has ended.
void bouncer::start() {
    const pid_t started = parent_->start_server((folder_ / "program").string()).value();
    const auto watched = testing::open_process(started);
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    while (!answers()) {
        if (testing::wait_readable(watched.get(), 0ms) || std::chrono::steady_clock::now() > deadline) {
            ADD_FAILURE() << "PgBouncer does not start: " << std::ifstream(folder_ / "log").rdbuf()
                          << std::ifstream(folder_ / "server.log").rdbuf();
            return;
        }
        ::sched_yield();
    }
    process_ = started;
}

bool bouncer::answers() const {
    const libpq_session session(dsn_of(folder_));
    return session.connected();
}

} // namespace pgcoro::test
