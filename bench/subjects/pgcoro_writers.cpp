// SPDX-License-Identifier: BSL-1.0
// Rows of five columns into `bench_copied`: a hundred at once by `execute_many`, and one by one through a batch writer.
#include "coroutines.hpp"
#include "one_connection.hpp"

#include <pgcoro/batch_writer.hpp>

#include <optional>
#include <vector>

namespace bench {
namespace {

item numbered(std::size_t n) {
    return {static_cast<std::int64_t>(n), static_cast<std::int32_t>(n % 1000), static_cast<double>(n) / 4,
            "item " + std::to_string(n % 100), postgres_epoch};
}

/// Each run begins with an empty table, and counts what is in it at the end.
boost::asio::awaitable<void> empty(pgcoro::connection& c) {
    const auto emptied = co_await c.execute("truncate bench_copied");
    emptied.value();
}
boost::asio::awaitable<void> expect_rows(pgcoro::connection& c, std::size_t rows) {
    const auto counted = co_await c.fetch_one<std::int64_t>("select count(*) from bench_copied");
    if (counted.value() != static_cast<std::int64_t>(rows)) {
        throw std::runtime_error("not all rows were written");
    }
}

class pgcoro_many : public one_connection {
public:
    explicit pgcoro_many(const std::string& conninfo) : one_connection("pgcoro-insert-many", conninfo) {}

    void run(std::size_t rows) override { finish(insert(rows)); }

private:
    boost::asio::awaitable<void> insert(std::size_t rows) {
        co_await empty(connection());
        std::vector<item> batch;
        for (std::size_t row = 0; row != rows;) {
            batch.clear();
            for (; row != rows && batch.size() != 100; ++row) {
                batch.push_back(numbered(row));
            }
            const auto inserted =
                co_await connection().execute_many("insert into bench_copied values ($1, $2, $3, $4, $5)", batch);
            inserted.value();
        }
        co_await expect_rows(connection(), rows);
    }
};

class pgcoro_writer : public coroutines {
public:
    pgcoro_writer(const std::string& conninfo, int in_flight) : coroutines(name_of("pgcoro-writer", 1, in_flight), in_flight) {
        start(open(conninfo));
        run_until_done();
    }

    void run(std::size_t rows) override {
        start(empty(connection_));
        run_until_done();
        coroutines::run(rows);
        start(expect_rows(connection_, rows));
        run_until_done();
    }

private:
    using writer = pgcoro::batch_writer<item>;

    boost::asio::awaitable<void> open(std::string conninfo) {
        auto connection = co_await pgcoro::connect(conninfo);
        connection_ = std::move(connection).value();
        rows_ =
            writer(connection_, "insert into bench_copied select unnest($1), unnest($2), unnest($3), unnest($4), unnest($5)");
    }

    boost::asio::awaitable<void> ask_all(int) override {
        while (to_send_ != 0) {
            item row = numbered(--to_send_);
            const auto written = co_await rows_->write(std::move(row));
            written.value();
        }
    }

    pgcoro::connection connection_;
    std::optional<writer> rows_;
};

} // namespace

std::unique_ptr<subject> make_pgcoro_insert_many(const std::string& conninfo) {
    return std::make_unique<pgcoro_many>(conninfo);
}
std::unique_ptr<subject> make_pgcoro_writer(const std::string& conninfo, int in_flight) {
    return std::make_unique<pgcoro_writer>(conninfo, in_flight);
}

} // namespace bench
