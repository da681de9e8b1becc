// SPDX-License-Identifier: BSL-1.0
// Rows decoded into structs, and rows into a table.
#include "session.hpp"
#include "workloads.hpp"

#include <algorithm>

namespace bench::peers {
namespace {

constexpr std::size_t piece = 64 * 1024;

void prepare(session& s, std::string_view sql) {
    std::string out;
    put_parse(out, "q", sql);
    put_sync(out);
    s.send(out);
    s.until_ready();
}

void put_select(std::string& out) {
    put_execution(out, "q", 0, [](std::string&) {});
    put_sync(out);
}

/// A batch of INSERTs and one Sync.
void put_inserts(std::string& out, std::int64_t first, std::int64_t rows) {
    for (std::int64_t i = first; i != first + rows; ++i) {
        put_execution(out, "q", 5, [&](std::string& to) { put_item(to, make_item(i)); });
    }
    put_sync(out);
}

template <class Take>
void read_rows(session& s, Take take) {
    s.until_ready([&](const message& m) {
        if (m.type == 'D') {
            take(read_item(m.body + 2));
        }
    });
}

} // namespace

void thousand_rows(const options& o, measurement& m) {
    session s(o.dsn);
    prepare(s, thousand_sql);
    std::string select;
    put_select(select);
    clock::time_point began;
    do {
        began = clock::now();
        s.send(select);
        std::vector<item> items;
        items.reserve(thousand);
        read_rows(s, [&](item&& i) { items.push_back(std::move(i)); });
        require(items.size() == thousand && items.back().id == thousand, "other rows");
    } while (m.done(began));
}

void stream_rows(const options& o, measurement& m) {
    session s(o.dsn);
    prepare(s, many_rows_sql(o.count));
    std::string select;
    put_select(select);
    std::int64_t sum = 0;
    m.begin();
    s.send(select);
    read_rows(s, [&](const item& i) { sum += i.id; });
    m.end(o.count);
    require(sum == sum_of_ids(o.count), "other rows");
}

void whole_result(const options& o, measurement& m) {
    session s(o.dsn);
    prepare(s, many_rows_sql(o.count));
    std::string select;
    put_select(select);
    std::int64_t sum = 0;
    m.begin();
    s.send(select);
    std::vector<item> items;
    read_rows(s, [&](item&& i) { items.push_back(std::move(i)); });
    for (const item& i : items) {
        sum += i.id;
    }
    m.end(o.count);
    require(sum == sum_of_ids(o.count), "other rows");
}

void copy_rows(const options& o, measurement& m) {
    session s(o.dsn);
    m.begin();
    std::string out;
    put_query(out, "copy bench_insert (id, quantity, price, name, created_at) from stdin (format binary)");
    s.send(out);
    s.until('G', [](const message&) {});
    out.clear();
    auto data = begin_message(out, 'd');
    constexpr char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; // and its own NUL
    out.append(header, sizeof header);
    for (std::int64_t i = 1; i <= o.count; ++i) {
        put16(out, 5);
        put_item(out, make_item(i));
        if (out.size() > piece) {
            end_message(out, data);
            s.send(out);
            out.clear();
            data = begin_message(out, 'd');
        }
    }
    put16(out, 0xffff);
    end_message(out, data);
    end_message(out, begin_message(out, 'c'));
    s.send(out);
    s.until_ready();
    m.end(o.count);
}

void insert_rows(const options& o, measurement& m) {
    session s(o.dsn);
    prepare(s, insert_sql);
    std::string out;
    bool is_first = true;
    m.begin();
    for (std::int64_t first = 1; first <= o.count; first += inserts_a_turn) {
        out.clear();
        put_inserts(out, first, std::min<std::int64_t>(inserts_a_turn, o.count + 1 - first));
        s.send(out);
        if (!is_first) {
            s.until_ready(); // of the batch before
        }
        is_first = false;
    }
    s.until_ready();
    m.end(o.count);
}

void insert_batches(const options& o, measurement& m) {
    session s(o.dsn);
    prepare(s, insert_sql);
    std::string out;
    std::int64_t next = 1;
    clock::time_point began;
    do {
        began = clock::now();
        out.clear();
        put_inserts(out, next, batch_size);
        s.send(out);
        s.until_ready();
        next += batch_size;
    } while (m.done(began, batch_size));
}

} // namespace bench::peers
