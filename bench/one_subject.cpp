// SPDX-License-Identifier: BSL-1.0
// Runs one subject for a number of queries and prints nothing: what `bench/instructions` counts, and what one profiles.
#include "subjects/subjects.hpp"

#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: bench_one_subject SUBJECT QUERIES CONNINFO\n";
        return EXIT_FAILURE;
    }
    const std::string_view count = argv[2];
    std::size_t queries = 0;
    if (std::from_chars(count.data(), count.data() + count.size(), queries).ec != std::errc()) {
        std::cerr << "not a number of queries: " << count << '\n';
        return EXIT_FAILURE;
    }
    try {
        bench::make_subject(argv[1], argv[3])->run(queries);
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
