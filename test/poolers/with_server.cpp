// SPDX-License-Identifier: BSL-1.0
// Runs a command while a throwaway server is up that poolers on this machine can use: `pooler_server COMMAND [ARGUMENT]...`.
//
// The command finds the superuser's connection string in PGCORO_POOLERS_DIRECT and the port on 127.0.0.1 in
// PGCORO_POOLERS_PORT. There the role "matrix", which may do nothing but log in, needs no password for its own database.
#include <pgcoro/testing/ephemeral_server.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <system_error>

namespace {

pgcoro::testing::ephemeral_server start() {
    pgcoro::testing::server_options options;
    options.settings = {{"max_connections", "200"}};
    options.hba_lines = {"host matrix matrix 127.0.0.1/32 trust"};
    auto server = pgcoro::testing::ephemeral_server::create(options).value();
    server.run_sql("create role matrix login").value();
    server.run_sql("create database matrix owner matrix").value();
    return server;
}

int run(char** command) {
    const auto server = start();
    setenv("PGCORO_POOLERS_DIRECT", (server.dsn() + " dbname=matrix").c_str(), 1);
    setenv("PGCORO_POOLERS_PORT", std::to_string(server.port()).c_str(), 1);
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
    if (argc < 2) {
        std::cerr << "usage: pooler_server COMMAND [ARGUMENT]...\n";
        return EXIT_FAILURE;
    }
    try {
        return run(argv + 1);
    } catch (const std::exception& e) {
        std::cerr << "pooler_server: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
