// SPDX-License-Identifier: BSL-1.0
#include "ways.hpp"

#include "../csv_files.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/types.hpp>

#include <map>
#include <stdexcept>
#include <string>

namespace bench::bulk {
namespace {

namespace asio = boost::asio;
using pgcoro::connection;
using rows_span = std::span<const item>;

void expect(const pgcoro::command_tag& tag, rows_span rows) {
    if (tag.rows_affected() != rows.size()) {
        throw std::runtime_error("a statement has written another number of rows");
    }
}

asio::awaitable<void> copy_rows(connection& db, rows_span rows) {
    const pgcoro::copy_target target("bench_copied");
    const auto tag = co_await db.copy_in(target, rows);
    expect(tag.value(), rows);
}

/// As the first lines of a file. Made once for each number: a program that copies CSV has it from somewhere else.
const std::string& csv_of(rows_span rows) {
    static std::map<std::size_t, std::string> made;
    auto& text = made[rows.size()];
    if (text.empty()) {
        for (std::size_t n = 1; n <= rows.size(); ++n) {
            text += csv_row(n);
        }
    }
    return text;
}

asio::awaitable<void> copy_csv(connection& db, rows_span rows) {
    auto writer = co_await db.copy_in("copy bench_copied from stdin (format csv)");
    std::string_view text = csv_of(rows);
    while (!text.empty()) {
        const auto written = co_await writer.value().write(text.substr(0, 64 * 1024));
        written.value();
        text.remove_prefix(std::min<std::size_t>(text.size(), 64 * 1024));
    }
    const auto tag = co_await writer.value().finish();
    expect(tag.value(), rows);
}

asio::awaitable<void> unnest(connection& db, rows_span rows) {
    std::vector<std::int64_t> ids;
    std::vector<std::int32_t> quantities;
    std::vector<double> prices;
    std::vector<std::string_view> names;
    std::vector<std::chrono::sys_time<std::chrono::microseconds>> times;
    for (const item& row : rows) {
        ids.push_back(row.id);
        quantities.push_back(row.quantity);
        prices.push_back(row.price);
        names.push_back(row.name);
        times.push_back(row.created_at);
    }
    const auto tag = co_await db.execute(
        "insert into bench_copied select * from unnest($1::int8[], $2::int4[], $3::float8[], $4::text[], $5::timestamptz[])",
        ids, quantities, prices, names, times);
    expect(tag.value(), rows);
}

asio::awaitable<void> execute_many(connection& db, rows_span rows) {
    const auto tag = co_await db.execute_many("insert into bench_copied values ($1, $2, $3, $4, $5)", rows);
    expect(tag.value(), rows);
}

template <class Database>
asio::awaitable<void> insert_each(Database& db, rows_span rows) {
    for (const item& row : rows) {
        const auto tag = co_await db.execute("insert into bench_copied values ($1, $2, $3, $4, $5)", row.id, row.quantity,
                                             row.price, row.name, row.created_at);
        tag.value();
    }
}

asio::awaitable<void> insert_in_transaction(connection& db, rows_span rows) {
    auto begun = co_await db.begin();
    co_await insert_each(begun.value(), rows);
    const auto committed = co_await begun.value().commit();
    committed.value();
}

} // namespace

const std::vector<way>& ways() {
    static const std::vector<way> all{
        {"copy_in, rows", &copy_rows},
        {"copy_in, CSV", &copy_csv},
        {"insert, unnest", &unnest},
        {"execute_many", &execute_many},
        {"inserts, one transaction", &insert_in_transaction},
        {"inserts, one by one", &insert_each<connection>},
    };
    return all;
}

} // namespace bench::bulk
