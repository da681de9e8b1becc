// SPDX-License-Identifier: BSL-1.0
#include "csv_files.hpp"

#include "child.hpp"
#include "libpq.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace bench {
namespace {

std::filesystem::path make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pgcoro-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw std::system_error(errno, std::system_category(), "mkdtemp");
    }
    return pattern;
}

class program final : public subject {
public:
    program(std::string name, std::vector<std::string> command) : subject(std::move(name)), command_(std::move(command)) {}

    void run(std::size_t) override { run_child(command_); }

private:
    std::vector<std::string> command_;
};

// The server's: on Debian, the psql in PATH is a script that looks for it.
std::string psql_of(const std::string& conninfo) {
    const libpq_result r = libpq(conninfo).exec("select setting from pg_config where name = 'BINDIR'");
    return std::string(PQgetvalue(r.get(), 0, 0)) + "/psql";
}

} // namespace

// One every minute from 2024 on.
std::string csv_row(std::size_t n) {
    const auto minute = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1) + std::chrono::minutes(n % 1'000'000);
    const auto day = std::chrono::floor<std::chrono::days>(minute);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(minute - day);
    char text[128];
    std::snprintf(text, sizeof text, "%zu,%zu,%zu.%s,%.*s,%04d-%02u-%02u %02d:%02d:00+00\n", n, n * 3 % 1'000'000, n / 4,
                  n % 2 == 0 ? "5" : "25", static_cast<int>(4 + n % 24), "xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()));
    return text;
}

csv_file::csv_file(std::size_t rows) : rows_(rows), folder_(make_folder()) {
    std::ofstream out(path());
    for (std::size_t n = 1; n <= rows; ++n) {
        out << csv_row(n);
    }
    out.close();
    if (!out) {
        throw std::runtime_error("cannot write " + path().string());
    }
    setenv("PGCORO_BENCH_CSV", path().c_str(), 1);
}

csv_file::~csv_file() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::unique_ptr<subject>> make_csv_subjects(const csv_file& file, const std::string& conninfo) {
    const auto psql = [&, program = psql_of(conninfo)](std::vector<std::string> statements) {
        std::vector<std::string> command{program, "--no-psqlrc", "--quiet", "--dbname=" + conninfo};
        for (auto& statement : statements) {
            command.push_back("--command=" + std::move(statement));
        }
        return command;
    };
    const auto ours = [&](const char* name) {
        return std::vector<std::string>{sibling("bench_one_subject").string(), name, std::to_string(file.rows()), conninfo};
    };
    const std::string path = file.path().string();
    std::vector<std::unique_ptr<subject>> all;
    const auto add = [&](const char* name, std::vector<std::string> command) {
        all.push_back(std::make_unique<program>(name, std::move(command)));
    };
    add("psql-csv-in", psql({"truncate bench_copied", "\\copy bench_copied from '" + path + "' (format csv)"}));
    add("pgcoro-csv-in", ours("pgcoro-csv-in"));
    add("psql-csv-out", psql({"\\copy bench_copied to '" + path + ".copy' (format csv)"}));
    add("pgcoro-csv-out", ours("pgcoro-csv-out"));
    return all;
}

} // namespace bench
