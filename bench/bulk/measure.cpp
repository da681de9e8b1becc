// SPDX-License-Identifier: BSL-1.0
#include "measure.hpp"

#include "../libpq.hpp"
#include "../subjects/one_connection.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>

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
    // CPU time is counted in steps that may be longer than one of these.
    const double all_cpu = std::accumulate(cpu.begin(), cpu.end(), 0.0);
    return {.wall_us = spread_of(wall).median, .cpu_us = all_cpu / static_cast<double>(cpu.size())};
}

} // namespace

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

} // namespace bench::bulk
