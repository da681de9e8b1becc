// SPDX-License-Identifier: BSL-1.0
// How fast rows get into a table, by the way they are written and by their number.
//
// usage: bench_bulk [--short] [FILE.svg]        prints tables, and draws the rows per second into the file
#include "plot.hpp"
#include "ways.hpp"

#include "../report.hpp"
#include "../server.hpp"
#include "../subjects/copied_items.hpp"
#include "../subjects/one_connection.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>

namespace bench::bulk {
namespace {

/// One way. A "query" is a row; the table is emptied before.
class writer final : public one_connection {
public:
    writer(const way& w, const std::string& conninfo, const std::vector<item>& rows)
        : one_connection(w.name, conninfo), way_(w), server_(conninfo), rows_(rows) {}

    void empty_table() const { server_.exec("truncate bench_copied"); }
    void run(std::size_t rows) override { finish(way_.write(connection(), std::span(rows_).first(rows))); }

private:
    const way& way_;
    libpq server_;
    const std::vector<item>& rows_;
};

struct plan {
    std::vector<std::size_t> sizes{10, 100, 1'000, 10'000, 100'000};
    int rounds = 5;
    std::string file;
};

// Few rows are written so often that the clock can see it.
constexpr std::size_t rows_in_round = 10'000;

cost measure_once(writer& w, std::size_t rows) {
    std::vector<double> wall, cpu;
    for (std::size_t done = 0; done < std::max(rows, std::min<std::size_t>(rows_in_round, 30 * rows)); done += rows) {
        w.empty_table();
        const cost c = measure(w, rows);
        wall.push_back(c.wall_us);
        cpu.push_back(c.cpu_us);
    }
    // CPU time is counted in steps: the sum is what counts.
    double sum = 0;
    for (const double c : cpu) {
        sum += c;
    }
    return {.wall_us = spread_of(wall).median, .cpu_us = sum / static_cast<double>(cpu.size())};
}

/// Costs by way and size, medians of the rounds. The ways take turns.
std::vector<std::vector<cost>> measure_all(const plan& p, const std::string& conninfo, const std::vector<item>& rows) {
    std::vector<std::unique_ptr<writer>> writers;
    for (const way& w : ways()) {
        writers.push_back(std::make_unique<writer>(w, conninfo, rows));
        measure_once(*writers.back(), 10); // statements are prepared, types known
    }
    std::vector<std::vector<cost>> all(writers.size());
    for (const std::size_t size : p.sizes) {
        std::vector<std::vector<double>> wall(writers.size()), cpu(writers.size());
        for (int round = 0; round != p.rounds; ++round) {
            for (std::size_t i = 0; i != writers.size(); ++i) {
                const cost c = measure_once(*writers[i], size);
                wall[i].push_back(c.wall_us);
                cpu[i].push_back(c.cpu_us);
            }
        }
        for (std::size_t i = 0; i != writers.size(); ++i) {
            all[i].push_back({.wall_us = spread_of(wall[i]).median, .cpu_us = spread_of(cpu[i]).median});
        }
    }
    return all;
}

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

void draw(const plan& p, const std::vector<std::vector<cost>>& costs) {
    plot all{"Rows written per second", "rows written at once", "rows per second", {}};
    for (std::size_t i = 0; i != costs.size(); ++i) {
        all.curves.push_back({ways()[i].name, {}});
        for (std::size_t s = 0; s != p.sizes.size(); ++s) {
            all.curves.back().points.push_back({static_cast<double>(p.sizes[s]), rows_per_second(costs[i][s])});
        }
    }
    std::ofstream out(p.file);
    write_svg(out, all);
    out.close();
    if (!out) {
        throw std::runtime_error("cannot write " + p.file);
    }
}

int main(std::span<char*> arguments) {
    plan p;
    for (const std::string_view word : arguments) {
        if (word == "--short") {
            p.sizes.pop_back();
            p.rounds = 3;
        } else if (word.ends_with(".svg") && p.file.empty()) {
            p.file = word;
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
    if (!p.file.empty()) {
        draw(p, costs);
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
