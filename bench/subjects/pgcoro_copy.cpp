// SPDX-License-Identifier: BSL-1.0
// Rows into a table and out of a query by typed COPY.
#include "copied_items.hpp"
#include "one_connection.hpp"
#include "read_chunks.hpp"
#include "subjects.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>

#include <ranges>
#include <stdexcept>

namespace bench {
namespace {

namespace asio = boost::asio;

class pgcoro_copy_in final : public one_connection {
public:
    explicit pgcoro_copy_in(const std::string& conninfo) : one_connection("pgcoro-copy-in", conninfo) {}

    void run(std::size_t rows) override { finish(copy(rows)); }

private:
    asio::awaitable<void> copy(std::size_t rows) {
        const auto emptied = co_await connection().execute("truncate bench_copied");
        emptied.value();
        auto all = std::views::iota(std::size_t{0}, rows) |
                   std::views::transform([this](std::size_t i) -> const item& { return items_[i % copied_rows]; });
        const pgcoro::copy_target target("bench_copied");
        const auto tag = co_await connection().copy_in(target, all);
        if (tag.value().rows_affected() != rows) {
            throw std::runtime_error("the COPY took other rows than it was given");
        }
    }

    const std::vector<item> items_ = copied_items();
};

class pgcoro_copy_out final : public one_connection {
public:
    explicit pgcoro_copy_out(const std::string& conninfo) : one_connection("pgcoro-copy-out", conninfo) {}

    void run(std::size_t rows) override { finish(read(rows)); }

private:
    asio::awaitable<void> read(std::size_t rows) {
        auto opened = co_await connection().copy_out<item>(pgcoro::unchecked_sql(many_items_sql(rows)));
        co_await read_chunks_of(opened.value(), rows);
    }
};

} // namespace

std::unique_ptr<subject> make_pgcoro_copy_in(const std::string& conninfo) { return std::make_unique<pgcoro_copy_in>(conninfo); }
std::unique_ptr<subject> make_pgcoro_copy_out(const std::string& conninfo) {
    return std::make_unique<pgcoro_copy_out>(conninfo);
}

} // namespace bench
