// SPDX-License-Identifier: BSL-1.0
// Lookups through a batch loader on one connection, against the same coroutines on a multiplexer of four lanes; and rows
// through a batch writer, against batches of a hundred single inserts.
//
// usage: bench_batch_loader [--short] [--two-cores]     (one for the client and one for the server, which must be idle)
#include "report.hpp"
#include "server.hpp"
#include "subjects/subjects.hpp"
#include "workload.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

bool run(bool is_short, bool on_two_cores) {
    schedule plan;
    plan.rounds = is_short ? 3 : 15;
    plan.slice_ms = is_short ? 50 : 200;
    const auto cores = usable_cores();
    // Before the server starts, which inherits both.
    pin_to(cores.back());
    work_in_batches();
    const server s;
    pin_to(on_two_cores ? cores.front() : cores.back());
    create_tables(s.unix_socket());
    std::vector<std::unique_ptr<subject>> subjects;
    for (const auto* const name : {"pgcoro-mux-4x64", "pgcoro-loader-1x64", "pgcoro-mux-4x1000", "pgcoro-loader-1x1000",
                                   "pgcoro-insert-many", "pgcoro-writer-1x100", "pgcoro-writer-1x1000"}) {
        subjects.push_back(make_subject(name, s.unix_socket()));
    }
    const auto costs = interleave(subjects, plan);
    costs_by_name by_name;
    for (std::size_t i = 0; i != subjects.size(); ++i) {
        by_name[subjects[i]->name()] = costs[i];
    }
    std::cout << "libpq " << PQlibVersion() / 10000 << '.' << PQlibVersion() % 10000 << ", lookups by primary key, "
              << (on_two_cores ? "client and server on a core each" : "client and server on one core") << "; medians of "
              << plan.rounds << " rounds\n";
    const std::vector<block> table{{"64 coroutines",
                                    {"pgcoro-mux-4x64", "pgcoro-loader-1x64"},
                                    {{"pgcoro-loader-1x64", "pgcoro-mux-4x64", goal::throughput, 2.0},
                                     {"pgcoro-loader-1x64", "pgcoro-mux-4x64", goal::client_cpu, 0.15}}},
                                   {"1 000 coroutines",
                                    {"pgcoro-mux-4x1000", "pgcoro-loader-1x1000"},
                                    {{"pgcoro-loader-1x1000", "pgcoro-mux-4x1000", goal::throughput, 2.5},
                                     {"pgcoro-loader-1x1000", "pgcoro-mux-4x1000", goal::client_cpu, 0.10}}},
                                   {"Rows of five columns, written",
                                    {"pgcoro-insert-many", "pgcoro-writer-1x100", "pgcoro-writer-1x1000"},
                                    {{"pgcoro-writer-1x100", "pgcoro-insert-many", goal::throughput, {}},
                                     {"pgcoro-writer-1x1000", "pgcoro-insert-many", goal::throughput, 5.0},
                                     {"pgcoro-writer-1x1000", "pgcoro-insert-many", goal::client_cpu, {}}}}};
    return print(std::cout, table, by_name);
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    try {
        const std::vector<std::string_view> arguments(argv + 1, argv + argc);
        const auto is_given = [&](std::string_view name) { return std::ranges::find(arguments, name) != arguments.end(); };
        const bool is_short = is_given("--short");
        return bench::run(is_short, is_given("--two-cores")) || is_short ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::cerr << "bench_batch_loader: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
