// SPDX-License-Identifier: BSL-1.0
// The least a user of the installed test kit does: runs the program named in the arguments on a throwaway server.
#include <pgcoro/testing/ephemeral_server.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    const auto server = pgcoro::testing::ephemeral_server::create();
    if (argc != 2 || !server) {
        std::cerr << (server ? "usage: with_server PROGRAM" : server.error().describe()) << '\n';
        return 2;
    }
    const std::string command = std::string(argv[1]) + " '" + server.value().dsn() + "'";
    return std::system(command.c_str()) == 0 ? 0 : 1;
}
