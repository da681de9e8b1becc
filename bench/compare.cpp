// SPDX-License-Identifier: BSL-1.0
// pgcoro against libpq by hand, in turns, as a table: `bench_compare [--short] [--connect CONNINFO]`.
#include "report.hpp"
#include "server.hpp"
#include "subjects/subjects.hpp"
#include "workload.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <iostream>
#include <span>
#include <stdexcept>

namespace bench {
namespace {

// Client and server share a core: what a query costs the client, without cores that wake each other.
const std::vector<block> one_core{
    {.title = "One query after the other",
     .subjects = {"libpq-sync", "asio-wait", "pgcoro-1x1"},
     .goals = {{.ours = "asio-wait", .theirs = "libpq-sync", .limit = {}},
               {.ours = "pgcoro-1x1", .theirs = "libpq-sync", .limit = 1.10}}},
    {.title = "64 queries in flight over one connection",
     .subjects = {"libpq-loop-1x64", "pgcoro-1x64"},
     .goals = {{.ours = "pgcoro-1x64", .theirs = "libpq-loop-1x64", .limit = 1.20}}},
    {.title = "64 queries in flight over four connections",
     .subjects = {"libpq-loop-4x64", "pgcoro-4x64", "pgcoro-mux-4x64"},
     .goals = {{.ours = "pgcoro-4x64", .theirs = "libpq-loop-4x64", .limit = 1.20},
               {.ours = "pgcoro-mux-4x64", .theirs = "libpq-loop-4x64", .limit = 1.20}}},
    {.title = "1 000 rows of (int8, int4, float8, text, timestamptz) into structs",
     .subjects = {"libpq-rows", "pgcoro-rows"},
     .goals = {{.ours = "pgcoro-rows", .theirs = "libpq-rows", .limit = 1.10}}},
    {.title = "1 000 rows of (numeric, uuid, int4[], jsonb) into structs",
     .subjects = {"libpq-documents", "pgcoro-documents"},
     .goals = {{.ours = "pgcoro-documents", .theirs = "libpq-documents", .limit = {}}}},
};

// A core for the client and one for the server: how many queries get through.
const std::vector<block> two_cores{
    {.title = "Prepared SELECT by primary key",
     .subjects = {"libpq-sync", "pgcoro-1x1", "libpq-loop-1x64", "pgcoro-1x64", "pgcoro-4x64", "pgcoro-mux-4x64"},
     .goals = {{.ours = "pgcoro-1x64", .theirs = "libpq-sync", .of = goal::throughput, .limit = 5}}},
};

struct options {
    bool brief = false;
    std::string conninfo; // of a server that runs already; empty: start one
};

options parse(std::span<char*> arguments) {
    options o;
    for (std::size_t i = 0; i != arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        if (word == "--short") {
            o.brief = true;
        } else if (word == "--connect" && i + 1 != arguments.size()) {
            o.conninfo = arguments[++i];
        } else {
            throw std::invalid_argument("usage: bench_compare [--short] [--connect CONNINFO]");
        }
    }
    return o;
}

costs_by_name run(const std::vector<block>& table, const std::string& conninfo, const schedule& plan) {
    // In the table's order: those that are compared run next to each other.
    std::vector<std::unique_ptr<subject>> subjects;
    for (const block& b : table) {
        for (const auto& name : b.subjects) {
            subjects.push_back(make_subject(name, conninfo));
        }
    }
    const auto costs = interleave(subjects, plan);
    costs_by_name all;
    for (std::size_t i = 0; i != subjects.size(); ++i) {
        all[subjects[i]->name()] = costs[i];
    }
    return all;
}

bool compare(const std::string& transport, const std::string& conninfo, const std::vector<int>& cores, const schedule& plan) {
    std::cout << "\n== " << transport << ", client and server share a core\n" << std::flush;
    pin_to(cores.back());
    bool all_met = print(std::cout, one_core, run(one_core, conninfo, plan));
    if (cores.size() > 1) {
        std::cout << "\n== " << transport << ", a core for the client and a core for the server\n" << std::flush;
        pin_to(cores.front());
        all_met = print(std::cout, two_cores, run(two_cores, conninfo, plan)) && all_met;
        pin_to(cores.back());
    }
    return all_met;
}

int main(std::span<char*> arguments) {
    const options o = parse(arguments);
    const schedule plan = o.brief ? schedule{.rounds = 5, .slice_ms = 60} : schedule{.rounds = 21, .slice_ms = 200};

    // Before the server starts, which inherits both.
    const auto cores = usable_cores();
    pin_to(cores.back());
    work_in_batches();

    std::cout << "Medians of " << plan.rounds << " rounds in which all take turns; ratios are made in each round.\n"
              << "libpq " << PQlibVersion() / 10000 << '.' << PQlibVersion() % 10000 << '\n';
    bool all_met = true;
    if (!o.conninfo.empty()) {
        create_tables(o.conninfo);
        return compare(o.conninfo, o.conninfo, cores, plan) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    const server s;
    create_tables(s.unix_socket());
    all_met = compare("Unix socket", s.unix_socket(), cores, plan);
    if (!o.brief) {
        all_met = compare("TCP", s.tcp(), cores, plan) && all_met;
    }
    return all_met || o.brief ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    try {
        return bench::main(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
    } catch (const std::exception& e) {
        std::cerr << "bench_compare: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
