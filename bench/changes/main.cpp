// SPDX-License-Identifier: BSL-1.0
// Changes from a replication slot: against a loop by hand, and against pg_recvlogical with wal2json (Debian's package
// postgresql-NN-wal2json), if the server has that.
//
// usage: bench_changes [--short]
#include "changes.hpp"

#include "libpq.hpp"
#include "report.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace bench {
namespace {

constexpr double most_cpu = 1.30;
constexpr double least_throughput = 2.0;

pgcoro::testing::ephemeral_server start() {
    pgcoro::testing::server_options options;
    options.settings = {{"wal_level", "logical"}, {"autovacuum", "off"}, {"jit", "off"}, {"max_replication_slots", "20"}};
    return pgcoro::testing::ephemeral_server::create(options).value();
}

/// In transactions of a hundredth.
void make_changes(const std::string& dsn, std::size_t rows) {
    libpq session(dsn);
    session.exec(make_changes_table);
    session.exec("create publication bench for table changes");
    session.exec("select pg_create_logical_replication_slot('bench', 'pgoutput')");
    PQclear(PQexec(session.get(), "select pg_create_logical_replication_slot('json', 'wal2json')"));
    for (std::size_t part = 0; part < 100; ++part) {
        const std::string first = std::to_string(part * rows / 100 + 1);
        const std::string last = std::to_string((part + 1) * rows / 100);
        session.exec("insert into changes select i, i % 1000, i / 7.0, 'the text of ' || i, timestamptz '2026-01-01' + i * "
                     "interval '1 s' from generate_series(" +
                     first + "::int8, " + last + ") i");
    }
}

bool run(bool is_short) {
    const std::size_t rows = is_short ? 20'000 : 1'000'000;
    const int rounds = is_short ? 2 : 7;
    const auto server = start();
    make_changes(server.dsn(), rows);
    std::vector<std::unique_ptr<subject>> subjects;
    subjects.push_back(make_libpq_changes(server.dsn()));
    subjects.push_back(make_pgcoro_changes(server.dsn()));
    if (auto peer = make_recvlogical(server.dsn())) {
        subjects.push_back(std::move(peer));
    }
    std::vector<std::string> names;
    costs_by_name by_name;
    const auto costs = interleave(subjects, std::vector<std::size_t>(subjects.size(), rows), rounds + 1);
    for (std::size_t i = 0; i != subjects.size(); ++i) {
        names.push_back(subjects[i]->name());
        by_name[names.back()].assign(costs[i].begin() + 1, costs[i].end());
    }
    std::cout << rows << " inserts of five columns; medians of " << rounds << " rounds\n";
    block table{"Changes", names, {{"pgcoro-changes", "libpq-changes", goal::client_cpu, most_cpu}}};
    if (names.size() == 3) {
        table.goals.push_back({"pgcoro-changes", "pg_recvlogical", goal::throughput, least_throughput});
    } else {
        std::cout << "wal2json is not installed\n";
    }
    return print(std::cout, {table}, by_name);
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    try {
        const bool is_short = argc == 2 && std::string_view(argv[1]) == "--short";
        return bench::run(is_short) || is_short ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::cerr << "bench_changes: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
