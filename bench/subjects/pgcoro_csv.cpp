// SPDX-License-Identifier: BSL-1.0
// The CSV file that PGCORO_BENCH_CSV names into a table, and the table into a file beside it.
#include "one_connection.hpp"
#include "subjects.hpp"

#include <pgcoro/copy_files.hpp>
#include <pgcoro/pgcoro.hpp>

#include <cstdlib>
#include <stdexcept>

namespace bench {
namespace {

namespace asio = boost::asio;

class pgcoro_csv final : public one_connection {
public:
    enum class direction { in, out };

    pgcoro_csv(std::string name, const std::string& conninfo, direction way)
        : one_connection(std::move(name), conninfo), way_(way) {
        const char* const path = std::getenv("PGCORO_BENCH_CSV");
        if (path == nullptr) {
            throw std::runtime_error("PGCORO_BENCH_CSV must have the path of the CSV file");
        }
        path_ = path;
    }

    void run(std::size_t rows) override { finish(copy(rows)); }

private:
    asio::awaitable<void> copy(std::size_t rows) {
        auto copying = way_ == direction::in ? copy_in() : copy_out();
        const auto report = co_await std::move(copying);
        if (report.value().rows != rows) {
            throw std::runtime_error("the CSV file has another number of rows");
        }
    }
    pgcoro::task<pgcoro::transfer_report> copy_in() {
        BOOST_OUTCOME_CO_TRY(co_await connection().execute("truncate bench_copied"));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await connection().copy_in("copy bench_copied from stdin (format csv)"));
        co_return co_await pgcoro::copy_from_file(path_, std::move(writer));
    }
    pgcoro::task<pgcoro::transfer_report> copy_out() {
        BOOST_OUTCOME_CO_TRY(auto reader, co_await connection().copy_out("copy bench_copied to stdout (format csv)"));
        co_return co_await pgcoro::copy_to_file(std::move(reader), path_ + ".copy");
    }

    direction way_;
    std::string path_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_csv_in(const std::string& conninfo) {
    return std::make_unique<pgcoro_csv>("pgcoro-csv-in", conninfo, pgcoro_csv::direction::in);
}
std::unique_ptr<subject> make_pgcoro_csv_out(const std::string& conninfo) {
    return std::make_unique<pgcoro_csv>("pgcoro-csv-out", conninfo, pgcoro_csv::direction::out);
}

} // namespace bench
