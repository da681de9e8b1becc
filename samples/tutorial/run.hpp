// SPDX-License-Identifier: BSL-1.0
// What the tutorial's programs have in common: a server's connection string as argument, a loop, an exit code.
#pragma once

#include <pgcoro/run.hpp>

#include <cstdlib>
#include <iostream>
#include <source_location>
#include <stdexcept>
#include <string>

namespace tutorial {

/// The tutorial says so; if it is wrong, the program fails.
inline void expect(bool true_as_told, std::source_location where = std::source_location::current()) {
    if (!true_as_told) {
        throw std::runtime_error("line " + std::to_string(where.line()) + " is not as the tutorial says");
    }
}

/// Runs a lesson to its end; gives the program's exit code.
template <class Lesson>
int run(Lesson lesson) {
    const auto outcome = pgcoro::run(lesson());
    if (!outcome) {
        std::cerr << outcome.error() << '\n';
    }
    return outcome ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// The same for a lesson that needs a server's connection string.
inline int run(int argc, char** argv, pgcoro::task<> (*lesson)(std::string)) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " CONNINFO\n";
        return EXIT_FAILURE;
    }
    return run([&] { return lesson(argv[1]); });
}

} // namespace tutorial
