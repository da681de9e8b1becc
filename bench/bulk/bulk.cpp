// SPDX-License-Identifier: BSL-1.0
// How fast rows get into a table, by the way they are written and by their number.
//
// usage: bench_bulk [--short] [FILE.svg]        prints tables, and draws the rows per second into the file
#include "measure.hpp"

#include "../plot.hpp"
#include "../report.hpp"
#include "../server.hpp"
#include "../subjects/copied_items.hpp"
#include "../workload.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <span>
#include <stdexcept>

namespace bench::bulk {
namespace {

/// For Markdown. `value` makes a cell of a cost.
template <class Value>
void print_table(const std::string& title, const plan& p, const std::vector<std::vector<cost>>& costs, Value value) {
    std::cout << "\n| " << title << " |";
    for (const std::size_t size : p.sizes) {
        std::cout << ' ' << size << " |";
    }
    std::cout << "\n|---|" << [&] {
        std::string line;
        for (std::size_t i = 0; i != p.sizes.size(); ++i) {
            line += "---:|";
        }
        return line;
    }() << '\n';
    for (std::size_t i = 0; i != costs.size(); ++i) {
        std::cout << "| " << ways()[i].name << " |";
        for (const cost& c : costs[i]) {
            std::cout << ' ' << value(c) << " |";
        }
        std::cout << '\n';
    }
}

double rows_per_second(const cost& c) { return 1e6 / c.wall_us; }

void draw(const std::string& file, const plan& p, const std::vector<std::vector<cost>>& costs) {
    plot all{"Rows written per second", "rows written at once", "rows per second", {}};
    for (std::size_t i = 0; i != costs.size(); ++i) {
        all.curves.push_back({ways()[i].name, {}});
        for (std::size_t s = 0; s != p.sizes.size(); ++s) {
            all.curves.back().points.push_back({static_cast<double>(p.sizes[s]), rows_per_second(costs[i][s])});
        }
    }
    std::ofstream out(file);
    write_svg(out, all);
    out.close();
    if (!out) {
        throw std::runtime_error("cannot write " + file);
    }
}

int main(std::span<char*> arguments) {
    plan p;
    std::string file;
    for (const std::string_view word : arguments) {
        if (word == "--short") {
            p.sizes.pop_back();
            p.rounds = 3;
        } else if (word.ends_with(".svg") && file.empty()) {
            file = word;
        } else {
            throw std::invalid_argument("usage: bench_bulk [--short] [FILE.svg]");
        }
    }
    const server s;
    create_tables(s.unix_socket());
    std::vector<item> rows;
    for (std::size_t i = 0; i != p.sizes.back(); ++i) {
        rows.push_back(copied_item(i));
    }
    const auto costs = measure_all(p, s.unix_socket(), rows);
    print_table("rows per second", p, costs, [](const cost& c) { return fixed(rows_per_second(c), 0); });
    print_table("client CPU per row, us", p, costs, [](const cost& c) { return fixed(c.cpu_us, c.cpu_us < 1 ? 2 : 1); });
    if (!file.empty()) {
        draw(file, p, costs);
    }
    return EXIT_SUCCESS;
}

} // namespace
} // namespace bench::bulk

int main(int argc, char** argv) {
    try {
        return bench::bulk::main(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
    } catch (const std::exception& e) {
        std::cerr << "bench_bulk: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
