// SPDX-License-Identifier: BSL-1.0
// Runs a program with the connection string of a throwaway server as its argument: with_server PROGRAM
#include <pgcoro/testing/ephemeral_server.hpp>

#include <sys/wait.h>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    auto server = pgcoro::testing::ephemeral_server::create();
    if (argc != 2 || !server) {
        std::cerr << (server ? "usage: with_server PROGRAM" : server.error().describe()) << '\n';
        return EXIT_FAILURE;
    }
    const std::string command = "'" + std::string(argv[1]) + "' \"" + server.value().dsn() + '"';
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
