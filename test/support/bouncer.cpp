// SPDX-License-Identifier: BSL-1.0
#include "support/bouncer.hpp"

#include "support/libpq_session.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace pgcoro::test {
namespace {

constexpr auto patience = std::chrono::seconds(30);

/// PgBouncer refuses to run as root, like the server: it becomes who owns the server's files.
struct stat owner_of(const std::filesystem::path& path) {
    struct stat facts{};
    ::stat(path.c_str(), &facts);
    return facts;
}

[[noreturn]] void run(const std::filesystem::path& settings, const struct stat& owner, pid_t parent) {
    if (::geteuid() == 0 && (::setgid(owner.st_gid) != 0 || ::setuid(owner.st_uid) != 0)) {
        ::_exit(1);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        ::_exit(1); // it died before that was said
    }
    ::execlp("pgbouncer", "pgbouncer", "-q", settings.c_str(), static_cast<char*>(nullptr));
    ::execl("/usr/sbin/pgbouncer", "pgbouncer", "-q", settings.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
}

} // namespace

bouncer::bouncer(const testing::ephemeral_server& server, const std::string& pool_mode) {
    std::string name = (std::filesystem::temp_directory_path() / "pgcoro-bouncer.XXXXXX").string();
    if (!::mkdtemp(name.data())) {
        ADD_FAILURE() << "no folder for PgBouncer";
        return;
    }
    folder_ = name;
    const auto owner = owner_of(server.data_directory());
    if (::geteuid() == 0 && ::chown(name.c_str(), owner.st_uid, owner.st_gid) != 0) {
        ADD_FAILURE() << "PgBouncer's folder cannot be given to the server's user";
        return;
    }
    if (!write_settings(server, pool_mode)) {
        ADD_FAILURE() << "PgBouncer's settings cannot be written";
        return;
    }
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) {
        run(folder_ / "settings.ini", owner, parent);
    }
    if (!start()) {
        ADD_FAILURE() << "PgBouncer does not start: " << std::ifstream(folder_ / "log").rdbuf();
    }
}

bouncer::~bouncer() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

connect_config bouncer::config() const {
    connect_config c;
    c.host(folder_.string()).port(6432).user("someone").database("postgres");
    return c;
}

bool bouncer::write_settings(const testing::ephemeral_server& server, const std::string& pool_mode) const {
    std::ofstream out(folder_ / "settings.ini");
    out << "[databases]\n"
        << "postgres = host=" << server.socket_directory().string() << " port=" << server.port()
        << " user=" << server.superuser() << " dbname=postgres pool_size=1\n"
        << "[pgbouncer]\n"
        << "pool_mode = " << pool_mode << '\n'
        << "auth_type = any\n"
        << "listen_port = 6432\n"
        << "unix_socket_dir = " << folder_.string() << '\n'
        << "logfile = " << (folder_ / "log").string() << '\n'
        << "ignore_startup_parameters = extra_float_digits\n";
    out.close();
    return out.good();
}

/// Waits until it takes connections, or has ended.
bool bouncer::start() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (process_ > 0 && !answers()) {
        if (::waitpid(process_, nullptr, WNOHANG) != 0) {
            process_ = 0;
        } else if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        ::sched_yield();
    }
    return is_running();
}

bool bouncer::answers() const {
    const libpq_session session("host='" + folder_.string() + "' port=6432 user=someone dbname=postgres");
    return session.connected();
}

} // namespace pgcoro::test
