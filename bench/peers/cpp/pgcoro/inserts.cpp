// SPDX-License-Identifier: BSL-1.0
// Rows into a table: by COPY, and by prepared INSERTs.
#include "client.hpp"

#include <pgcoro/copy_rows.hpp>

#include <ranges>
#include <vector>

namespace bench::peers {
namespace {

std::vector<item> make_items(std::int64_t first, int count) {
    std::vector<item> items;
    items.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = first; i != first + count; ++i) {
        items.push_back(make_item(i));
    }
    return items;
}

} // namespace

void copy_rows(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        m.begin();
        auto items = std::views::iota(std::int64_t{1}, o.count + 1) | std::views::transform(make_item);
        const pgcoro::copy_target target("bench_insert");
        const auto tag = co_await c.copy_in(target, items);
        tag.value();
        m.end(o.count);
    });
}

void insert_rows(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        m.begin();
        for (std::int64_t first = 1; first <= o.count; first += inserts_a_turn) {
            const auto tag = co_await c.execute_many(insert_sql, make_items(first, inserts_a_turn));
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
            const auto tag = co_await c.execute_many(insert_sql, make_items(next, batch_size));
            tag.value();
            next += batch_size;
        } while (m.done(began, batch_size));
    });
}

} // namespace bench::peers
