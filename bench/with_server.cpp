// SPDX-License-Identifier: BSL-1.0
// Runs a command while a throwaway server with the benchmark's tables is up:
// `bench_with_server [--set NAME=VALUE]... COMMAND [ARGUMENT]...`. The command finds the server in PGCORO_BENCH_UNIX and
// PGCORO_BENCH_TCP, as keyword strings for libpq.
#include "server.hpp"
#include "workload.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <system_error>

namespace {

/// The settings, and where the command begins.
bench::server::settings read_settings(char**& words) {
    bench::server::settings settings;
    for (; words[0] && words[0] == std::string_view("--set") && words[1]; words += 2) {
        const std::string_view text = words[1];
        const auto end = text.find('=');
        settings.emplace(text.substr(0, end), end == text.npos ? "" : text.substr(end + 1));
    }
    return settings;
}

int run(const bench::server::settings& settings, char** command) {
    const bench::server server(settings);
    bench::create_tables(server.unix_socket());
    setenv("PGCORO_BENCH_UNIX", server.unix_socket().c_str(), 1);
    setenv("PGCORO_BENCH_TCP", server.tcp().c_str(), 1);
    pid_t child = 0;
    if (const int error = posix_spawnp(&child, command[0], nullptr, nullptr, command, environ); error != 0) {
        throw std::system_error(error, std::system_category(), command[0]);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            throw std::system_error(errno, std::system_category(), "waitpid");
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
    char** command = argv + (argc > 0 ? 1 : 0);
    const auto settings = read_settings(command);
    if (!*command) {
        std::cerr << "usage: bench_with_server [--set NAME=VALUE]... COMMAND [ARGUMENT]...\n";
        return EXIT_FAILURE;
    }
    try {
        return run(settings, command);
    } catch (const std::exception& e) {
        std::cerr << "bench_with_server: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
