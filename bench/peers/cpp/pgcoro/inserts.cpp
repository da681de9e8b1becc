// SPDX-License-Identifier: BSL-1.0
// Rows into a table: by COPY, and by prepared INSERTs.
#include "client.hpp"

#include <pgcoro/copy_rows.hpp>

#include <ranges>

namespace bench::peers {
namespace {

/// Rows are made while they are read, as hand-written code makes them.
auto items(std::int64_t first, std::int64_t count) {
    return std::views::iota(first, first + count) | std::views::transform(make_item);
}

} // namespace

void copy_rows(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        m.begin();
        auto rows = items(1, o.count);
        const pgcoro::copy_target target("bench_insert");
        const auto tag = co_await c.copy_in(target, rows);
        tag.value();
        m.end(o.count);
    });
}

void insert_rows(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        m.begin();
        for (std::int64_t first = 1; first <= o.count; first += inserts_a_turn) {
            const auto tag = co_await c.execute_many(insert_sql, items(first, inserts_a_turn));
            tag.value();
        }
        m.end(o.count);
    });
}

void insert_batches(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        clock::time_point began;
        std::int64_t next = 1;
        do {
            began = clock::now();
            const auto tag = co_await c.execute_many(insert_sql, items(next, batch_size));
            tag.value();
            next += batch_size;
        } while (m.done(began, batch_size));
    });
}

} // namespace bench::peers
