// SPDX-License-Identifier: BSL-1.0
// Runs one subject for a number of queries: what `bench/instructions` counts, and what one profiles. With `--peak` it prints
// how much memory the process took at most, in KiB. With 0 queries it only connects.
#include "subjects/subjects.hpp"

#include <charconv>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string_view>

namespace {

// Not `ru_maxrss`, which a process inherits from the one that started it.
long peak_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (long kib = 0; word == "VmHWM:" && status >> kib) {
            return kib;
        }
    }
    throw std::runtime_error("the kernel does not tell how much memory was used");
}

void run(const char* name, std::string_view count, const char* conninfo) {
    std::size_t queries = 0;
    if (std::from_chars(count.data(), count.data() + count.size(), queries).ec != std::errc()) {
        throw std::invalid_argument("not a number of queries: " + std::string(count));
    }
    const auto subject = bench::make_subject(name, conninfo);
    if (queries != 0) {
        subject->run(queries);
    }
}

} // namespace

int main(int argc, char** argv) {
    std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
    const bool peak = !arguments.empty() && std::string_view(arguments[0]) == "--peak";
    arguments = arguments.subspan(peak ? 1 : 0);
    if (arguments.size() != 3) {
        std::cerr << "usage: bench_one_subject [--peak] SUBJECT QUERIES CONNINFO\n";
        return EXIT_FAILURE;
    }
    try {
        run(arguments[0], arguments[1], arguments[2]);
        if (peak) {
            std::cout << peak_kib() << '\n';
        }
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
