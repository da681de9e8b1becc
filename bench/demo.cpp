// SPDX-License-Identifier: BSL-1.0
// What ./scripts/demo shows of pgcoro's speed, in plain words: `bench_demo [SVG]`. Goals are for bench_compare.
#include "bars.hpp"
#include "report.hpp"
#include "server.hpp"
#include "subjects/subjects.hpp"
#include "workload.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

struct shown {
    std::string name;
    cost typical; // medians
};

cost typical(const std::vector<cost>& rounds) {
    std::vector<double> wall;
    std::vector<double> cpu;
    for (const cost& c : rounds) {
        wall.push_back(c.wall_us);
        cpu.push_back(c.cpu_us);
    }
    return {.wall_us = spread_of(wall).median, .cpu_us = spread_of(cpu).median};
}

/// 158 206, for people.
std::string grouped(double value) {
    std::string digits = fixed(value, 0);
    for (auto at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), " ");
    }
    return digits;
}

bar_chart chart_of(const std::vector<shown>& all) {
    bar_chart chart{"Queries per second: a prepared SELECT by primary key", {}};
    for (const shown& s : all) {
        const double per_second = 1e6 / s.typical.wall_us;
        chart.bars.push_back({s.name, per_second, grouped(per_second) + "/s, " + fixed(s.typical.cpu_us, 1) + " us of CPU each",
                              s.name.starts_with("pgcoro")});
    }
    return chart;
}

std::string what_limits(const cost& c, bool share_a_core) {
    const int busy = static_cast<int>(100 * c.cpu_us / c.wall_us + 0.5);
    if (share_a_core) {
        return "Client and server share the only core, and that is the limit: the client takes " + std::to_string(busy) +
               " % of it.";
    }
    return busy > 85 ? "The client's core is the limit: it is busy " + std::to_string(busy) + " % of the time."
                     : "The server is the limit: one connection is one server process, and the client's core is busy only " +
                           std::to_string(busy) + " % of the time.";
}

void explain(std::ostream& out, const cost& theirs, const cost& ours, bool share_a_core) {
    out << "With 64 coroutines on one connection, pgcoro answers " << fixed(theirs.wall_us / ours.wall_us, 1)
        << " times as many queries per second\nas synchronous libpq, with " << fixed(100 * ours.cpu_us / theirs.cpu_us, 0)
        << " % of its client CPU for each.\n"
        << "One query after the other, both wait for the round trip most of the time, " << fixed(theirs.wall_us, 0)
        << " us here.\n"
        << what_limits(ours, share_a_core) << '\n';
}

int main(const char* svg) {
    const auto cores = usable_cores();
    pin_to(cores.back()); // before the server starts, which inherits it
    work_in_batches();
    const server s;
    create_tables(s.unix_socket());
    pin_to(cores.front());
    std::vector<std::unique_ptr<subject>> subjects;
    for (const char* const name : {"libpq-sync", "pgcoro-1x1", "pgcoro-1x64"}) {
        subjects.push_back(make_subject(name, s.unix_socket()));
    }
    const auto costs = interleave(subjects, {.rounds = 7, .slice_ms = 120});
    const std::vector<shown> all = {{"libpq, synchronous", typical(costs[0])},
                                    {"pgcoro, one coroutine", typical(costs[1])},
                                    {"pgcoro, 64 coroutines", typical(costs[2])}};
    const auto chart = chart_of(all);
    const char* const locale = std::getenv("LC_ALL") ? std::getenv("LC_ALL") : std::getenv("LANG");
    print(std::cout, chart, locale && std::string_view(locale).find("UTF-8") != std::string_view::npos);
    std::cout << '\n';
    explain(std::cout, all.front().typical, all.back().typical, cores.size() == 1);
    if (svg) {
        std::ofstream file(svg);
        write_svg(file, chart);
        std::cout << (file.flush() ? "The same as a picture: " : "The picture could not be written: ") << svg << '\n';
    }
    return EXIT_SUCCESS;
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    try {
        return bench::main(argc > 1 ? argv[1] : nullptr);
    } catch (const std::exception& e) {
        std::cerr << "bench_demo: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
