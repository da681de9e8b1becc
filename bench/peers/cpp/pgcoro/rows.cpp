// SPDX-License-Identifier: BSL-1.0
// Rows decoded into structs: a thousand again and again, and a million once.
#include "client.hpp"

#include <pgcoro/row_stream.hpp>

namespace bench::peers {

void thousand_rows(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        clock::time_point began;
        do {
            began = clock::now();
            const auto items = co_await c.fetch<item>(thousand_sql);
            require(items.value().size() == thousand && items.value().back().id == thousand, "other rows");
        } while (m.done(began));
    });
}

void stream_rows(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        m.begin();
        std::int64_t sum = 0;
        auto opened = co_await c.stream<item>(pgcoro::unchecked_sql(many_rows_sql(o.count)));
        for (;;) {
            auto got = co_await opened.value().next_chunk();
            const auto chunk = got.value();
            if (chunk.empty()) {
                break;
            }
            for (const item& i : chunk) {
                sum += i.id;
            }
        }
        m.end(o.count);
        require(sum == sum_of_ids(o.count), "other rows");
    });
}

void whole_result(const options& o, measurement& m) {
    with_connection(o, [&](pgcoro::connection& c) -> awaitable {
        m.begin();
        std::int64_t sum = 0;
        const auto items = co_await c.fetch<item>(pgcoro::unchecked_sql(many_rows_sql(o.count)));
        for (const item& i : items.value()) {
            sum += i.id;
        }
        m.end(o.count);
        require(sum == sum_of_ids(o.count), "other rows");
    });
}

} // namespace bench::peers
