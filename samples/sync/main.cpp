// SPDX-License-Identifier: BSL-1.0
// pgcoro-sync: copies tables to other databases, and keeps them as they are in the source. See docs/sync.md.
#include "arguments.hpp"
#include "journal.hpp"
#include "run.hpp"

#include <unistd.h>

#include <iostream>

int main(int argc, char** argv) {
    using namespace data_sync;
    const auto parsed = parse_arguments(argc, argv);
    if (const auto* code = std::get_if<int>(&parsed)) {
        return *code;
    }
    const auto& a = std::get<arguments>(parsed);
    journal j(std::cerr, ::isatty(STDERR_FILENO) != 0, a.all.is_json ? &std::cout : nullptr);
    switch (a.what) {
    case arguments::command::init:
    case arguments::command::run: return run_targets(a.all, j);
    case arguments::command::status: return print_status(a.all, j);
    case arguments::command::drop: return drop_targets(a.all, j);
    }
    return wrong_usage;
}
