// SPDX-License-Identifier: BSL-1.0
// Notifications through a listener against a PQnotifies loop by hand: client CPU, with what we promise.
//
// usage: bench_notifications [--short]
#include "report.hpp"
#include "server.hpp"
#include "subjects/subjects.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string_view>

namespace bench {
namespace {

constexpr double limit = 1.50;

bool run(bool is_short) {
    const std::size_t notifications = is_short ? 10'000 : 100'000;
    const int rounds = is_short ? 5 : 15;
    // Before the server starts, which inherits both.
    pin_to(usable_cores().back());
    work_in_batches();
    const server s;
    std::vector<std::unique_ptr<subject>> subjects;
    for (const auto* const name : {"libpq-listen", "pgcoro-listen", "pgcoro-listen-next"}) {
        subjects.push_back(make_subject(name, s.unix_socket()));
    }
    // One more, of which nothing is kept: it warms everything up.
    const auto costs = interleave(subjects, std::vector<std::size_t>(subjects.size(), notifications), rounds + 1);
    costs_by_name by_name;
    for (std::size_t i = 0; i != subjects.size(); ++i) {
        by_name[subjects[i]->name()].assign(costs[i].begin() + 1, costs[i].end());
    }
    std::cout << "libpq " << PQlibVersion() / 10000 << '.' << PQlibVersion() % 10000 << ", " << notifications
              << " notifications of 100 bytes; medians of " << rounds << " rounds\n";
    const std::vector<block> table{{"Notifications",
                                    {"libpq-listen", "pgcoro-listen", "pgcoro-listen-next"},
                                    {{"pgcoro-listen", "libpq-listen", goal::client_cpu, limit},
                                     {"pgcoro-listen-next", "libpq-listen", goal::client_cpu, {}}}}};
    return print(std::cout, table, by_name);
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    try {
        const bool is_short = argc == 2 && std::string_view(argv[1]) == "--short";
        return bench::run(is_short) || is_short ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::cerr << "bench_notifications: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
