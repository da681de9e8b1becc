// SPDX-License-Identifier: BSL-1.0
#include "support/bouncer.hpp"

#include "support/libpq_session.hpp"
#include "testing/account.hpp"
#include "testing/process.hpp"
#include "testing/supervisor.hpp"

#include <gtest/gtest.h>

#include <sched.h>

#include <chrono>
#include <fstream>

namespace pgcoro::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto start_limit = 30s;

std::string settings(const testing::ephemeral_server& server, const std::string& pool_mode, const fs::path& folder) {
    return "[databases]\npostgres = host=" + server.socket_directory().string() + " port=" + std::to_string(server.port()) +
           " user=" + server.superuser() + " dbname=postgres pool_size=1\n[pgbouncer]\npool_mode = " + pool_mode +
           "\nauth_type = any\nlisten_port = 6432\nunix_socket_dir = " + folder.string() +
           "\nlogfile = " + (folder / "log").string() + "\nignore_startup_parameters = extra_float_digits\n";
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

result<pid_t> launch(testing::supervisor& parent, const testing::account& who, const std::string& settings) {
    BOOST_OUTCOME_TRY(write(parent.folder() / "settings.ini", settings, who));
    BOOST_OUTCOME_TRY(write(parent.folder() / "program", program(parent.folder()), who));
    return parent.start_server((parent.folder() / "program").string());
}

} // namespace

bouncer::bouncer(const testing::ephemeral_server& server, const std::string& pool_mode) {
    start(server, pool_mode);
    if (!is_running()) {
        ADD_FAILURE() << "PgBouncer does not start: " << std::ifstream(folder_ / "log").rdbuf()
                      << std::ifstream(folder_ / "server.log").rdbuf();
    }
}

bouncer::~bouncer() = default;

connect_config bouncer::config() const {
    connect_config c;
    c.host(folder_.string()).port(6432).user("someone").database("postgres");
    return c;
}

/// Waits until it takes connections, or has ended.
void bouncer::start(const testing::ephemeral_server& server, const std::string& pool_mode) {
    const auto who = testing::server_account().value();
    parent_ = std::make_unique<testing::supervisor>(testing::supervisor::start(who).value());
    folder_ = parent_->folder();
    const pid_t started = launch(*parent_, who, settings(server, pool_mode, folder_)).value();
    const auto watched = testing::open_process(started);
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    while (!answers()) {
        if (testing::wait_readable(watched.get(), 0ms) || std::chrono::steady_clock::now() > deadline) {
            return;
        }
        ::sched_yield();
    }
    process_ = started;
}

bool bouncer::answers() const {
    const libpq_session session("host='" + folder_.string() + "' port=6432 user=someone dbname=postgres");
    return session.connected();
}

} // namespace pgcoro::test
