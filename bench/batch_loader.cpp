// SPDX-License-Identifier: BSL-1.0
// Lookups through a batch loader on one connection, against the same coroutines on a multiplexer of four lanes; and rows
// through a batch writer, against batches of a hundred single inserts.
//
// usage: bench_batch_loader [--short]
#include "report.hpp"
#include "server.hpp"
#include "subjects/subjects.hpp"
#include "workload.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace bench {
namespace {

bool run(bool is_short) {
    schedule plan;
    plan.rounds = is_short ? 3 : 15;
    plan.slice_ms = is_short ? 50 : 200;
    const auto core = usable_cores().back();
    // Before the server starts, which inherits both.
    pin_to(core);
    work_in_batches();
    const server s;
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
    std::cout << "libpq " << PQlibVersion() / 10000 << '.' << PQlibVersion() % 10000
              << ", lookups by primary key, client and server on one core; medians of " << plan.rounds << " rounds\n";
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
        const bool is_short = argc == 2 && std::string_view(argv[1]) == "--short";
        return bench::run(is_short) || is_short ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::cerr << "bench_batch_loader: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
