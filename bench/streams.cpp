// SPDX-License-Identifier: BSL-1.0
// Row streams, typed COPY and CSV files against libpq by hand and psql: client CPU and peak memory, with what we promise.
//
// usage: bench_streams [--short] [PART-OF-A-SUBJECT'S-NAME]
#include "child.hpp"
#include "csv_files.hpp"
#include "server.hpp"
#include "streams_report.hpp"
#include "subjects/subjects.hpp"
#include "workload.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <span>
#include <stdexcept>

namespace bench {
namespace {

constexpr long memory_limit = 12L * 1024; // KiB

const std::vector<stream_work> all_works{
// libpq 17 and newer hand rows over in chunks. Before, it makes a result for each row.
#ifdef LIBPQ_HAS_CHUNK_MODE
    {"stream, next_chunk", "pgcoro-stream", "libpq-stream", "libpq, chunks of 256 rows", 1.08},
    {"stream, next", "pgcoro-stream-next", "libpq-stream", "libpq, chunks of 256 rows", 1.25},
#else
    {"stream, next_chunk", "pgcoro-stream", "libpq-stream", "libpq, row by row", 0.80},
    {"stream, next", "pgcoro-stream-next", "libpq-stream", "libpq, row by row", {}},
#endif
    {"copy_in of rows", "pgcoro-copy-in", "libpq-copy-in", "libpq, a buffer of 64 KiB", 1.15},
    {"copy_out of rows", "pgcoro-copy-out", "libpq-copy-out", "libpq, PQgetCopyData", 1.10},
    {"CSV file to table", "pgcoro-csv-in", "psql-csv-in", "psql, \\copy", 1.00},
    {"table to CSV file", "pgcoro-csv-out", "psql-csv-out", "psql, \\copy", 1.00},
};

struct plan {
    std::size_t rows = 1'000'000;
    std::size_t csv_rows = 1'600'000; // 100 MB
    int rounds = 11;
    std::vector<stream_work> works = all_works;
};

plan parse(std::span<char*> arguments) {
    plan p;
    for (const std::string_view word : arguments) {
        if (word == "--short") {
            p.rows /= 10;
            p.csv_rows /= 10;
            p.rounds = 5;
        } else {
            std::erase_if(p.works, [&](const stream_work& w) { return w.ours.find(word) == std::string::npos; });
        }
    }
    if (p.works.empty()) {
        throw std::invalid_argument("usage: bench_streams [--short] [PART-OF-A-SUBJECT'S-NAME]");
    }
    return p;
}

bool is_csv(const stream_work& w) { return w.ours.find("-csv-") != std::string::npos; }

void append(costs_by_name& all, const std::vector<std::unique_ptr<subject>>& subjects, std::size_t rows, int rounds) {
    // One more, of which nothing is kept: it warms everything up.
    const auto costs = interleave(subjects, std::vector<std::size_t>(subjects.size(), rows), rounds + 1);
    for (std::size_t i = 0; i != subjects.size(); ++i) {
        all[subjects[i]->name()].assign(costs[i].begin() + 1, costs[i].end());
    }
}

costs_by_name measure_costs(const plan& p, const csv_file& file, const std::string& conninfo) {
    std::vector<std::string> names; // those that are compared run next to each other
    bool has_csv = false;
    for (const auto& w : p.works) {
        has_csv = has_csv || is_csv(w);
        if (!is_csv(w) && std::find(names.begin(), names.end(), w.theirs) == names.end()) {
            names.push_back(w.theirs);
        }
        if (!is_csv(w)) {
            names.push_back(w.ours);
        }
    }
    std::vector<std::unique_ptr<subject>> in_process;
    for (const auto& name : names) {
        in_process.push_back(make_subject(name, conninfo));
    }
    costs_by_name all;
    append(all, in_process, p.rows, p.rounds);
    if (has_csv) {
        append(all, make_csv_subjects(file, conninfo), file.rows(), p.rounds);
    }
    return all;
}

/// Above that of a process that only connects.
long peak_kib(const std::string& subject, std::size_t rows, const std::string& conninfo) {
    const auto peak = [&](std::size_t n) {
        const auto program = sibling("bench_one_subject").string();
        return std::stol(output_of_child({program, "--peak", subject, std::to_string(n), conninfo}));
    };
    return peak(rows) - peak(0);
}

bool run(const plan& p) {
    // Before the server starts, which inherits both.
    pin_to(usable_cores().back());
    work_in_batches();
    const server s;
    create_tables(s.unix_socket());
    const csv_file file(p.csv_rows);

    std::cout << "libpq " << PQlibVersion() / 10000 << '.' << PQlibVersion() % 10000 << ", " << p.rows
              << " rows of (int8, int4, float8, text, timestamptz), a CSV file of "
              << std::filesystem::file_size(file.path()) / 1'000'000 << " MB; medians of " << p.rounds << " rounds\n";
    bool all_met = print_costs(std::cout, p.works, measure_costs(p, file, s.unix_socket()));

    std::map<std::string, long> peaks;
    for (const auto& w : p.works) {
        peaks[w.ours] = peak_kib(w.ours, is_csv(w) ? file.rows() : p.rows, s.unix_socket());
    }
    return print_peaks(std::cout, p.works, peaks, memory_limit) && all_met;
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    try {
        const auto p = bench::parse(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
        return bench::run(p) || argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::cerr << "bench_streams: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
