// SPDX-License-Identifier: BSL-1.0
// How the client's CPU time grows with what there is many of: rows, columns, parameters, connections, statements in flight,
// prepared statements. Nothing may grow faster than its input.
//
// usage: bench_growth [--short] [FILE.svg]      prints a table, and draws the costs into the file
#include "things.hpp"

#include "../plot.hpp"
#include "../report.hpp"
#include "../server.hpp"
#include "../subjects/subjects.hpp"
#include "../workload.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace bench::growth {
namespace {

struct growing {
    const char* title;
    std::unique_ptr<subject> (*make)(const std::string& conninfo);
    std::vector<std::size_t> sizes;
};

const std::vector<growing> all = {
    {"rows of a result", make_pgcoro_stream, {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000}},
    {"columns of a result", make_columns, {1, 4, 16, 64, 256, 1'024, 1'600}},
    {"parameters of a statement", make_parameters, {1, 8, 64, 512, 4'096, 32'768, 65'535}},
    {"connections", make_connections, {1, 5, 20, 100, 500}},
    {"statements in flight", make_in_flight, {1, 10, 100, 1'000, 10'000}},
    {"prepared statements", make_statements, {1, 10, 100, 1'000, 10'000, 100'000}},
};

// What a thing may cost among the most of them, compared with what it costs at its cheapest: what no longer fits into a cache
// of the processor is dearer.
constexpr double limit = 2.0;

/// Microseconds of client CPU for each of so many. CPU time is counted in steps: few things are measured many times together.
double cost_of_one(subject& s, std::size_t number, int rounds) {
    constexpr double enough_us = 50'000;
    std::vector<double> seen;
    for (int round = 0; round != rounds; ++round) {
        double all_us = 0;
        double things = 0;
        do {
            const double us = measure(s, number).cpu_us * static_cast<double>(number);
            all_us += us;
            things += static_cast<double>(number);
        } while (all_us < enough_us);
        seen.push_back(all_us / things);
    }
    return spread_of(seen).median;
}

curve measure_all(const growing& g, const server& s, bool is_short) {
    const auto subject = g.make(s.unix_socket());
    curve c{g.title, {}};
    for (const std::size_t size : g.sizes) {
        if (is_short && size > 1'000) {
            break;
        }
        cost_of_one(*subject, size, 1); // warm
        c.points.push_back({static_cast<double>(size), cost_of_one(*subject, size, size > 1'000'000 || is_short ? 1 : 5)});
    }
    return c;
}

/// Gives whether the cost of one grows within the limit.
bool print(const curve& c) {
    std::cout << "| " << c.name << " |";
    for (const point& p : c.points) {
        std::cout << ' ' << fixed(p.x, 0) << ": " << fixed(p.y, p.y < 10 ? 2 : 0) << " |";
    }
    const auto cheapest = std::ranges::min_element(c.points, {}, &point::y)->y;
    const double growth = c.points.back().y / cheapest;
    std::cout << "\n  the last costs " << fixed(growth, 2) << " times the cheapest" << (growth > limit ? ": MISSED" : "")
              << '\n';
    return growth <= limit;
}

bool main(std::span<char*> arguments) {
    bool is_short = false;
    std::string file;
    for (const std::string_view word : arguments) {
        if (word == "--short") {
            is_short = true;
        } else if (word.ends_with(".svg") && file.empty()) {
            file = word;
        } else {
            throw std::invalid_argument("usage: bench_growth [--short] [FILE.svg]");
        }
    }
    const auto cores = usable_cores();
    pin_to(cores.back()); // before the server starts, which inherits it
    const server::settings settings{{"max_connections", "520"}};
    const server s(settings);
    pin_to(cores.front());
    create_tables(s.unix_socket());
    plot picture{"Client CPU for each of many", "how many there are", "us of CPU for each", {}};
    bool is_linear = true;
    for (const growing& g : all) {
        picture.curves.push_back(measure_all(g, s, is_short));
        is_linear = print(picture.curves.back()) && is_linear;
    }
    if (!file.empty()) {
        std::ofstream out(file);
        write_svg(out, picture);
        if (!out.flush()) {
            throw std::runtime_error("cannot write " + file);
        }
    }
    return is_linear || is_short;
}

} // namespace
} // namespace bench::growth

int main(int argc, char** argv) {
    try {
        return bench::growth::main(std::span(argv + 1, static_cast<std::size_t>(argc - 1))) ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::cerr << "bench_growth: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
