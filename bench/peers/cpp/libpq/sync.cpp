// SPDX-License-Identifier: BSL-1.0
// Synchronous libpq.
#include "client.hpp"

#include "../../../subjects/binary_copy_by_hand.hpp"

namespace bench::peers {
namespace {

libpq_result run_prepared(const libpq& c) {
    libpq_result r(PQexecPrepared(c.get(), "q", 0, nullptr, nullptr, nullptr, 1));
    if (PQresultStatus(r.get()) != PGRES_TUPLES_OK) {
        c.fail();
    }
    return r;
}

} // namespace

void one_query_at_a_time(const options& o, measurement& m) {
    const libpq c(o.dsn);
    c.prepare("q", balance_sql);
    account_numbers numbers;
    clock::time_point began;
    do {
        began = clock::now();
        const auto account = numbers.next();
        const account_parameter p(account);
        const libpq_result r(PQexecPrepared(c.get(), "q", 1, p.values, p.lengths, p.formats, 1));
        if (PQresultStatus(r.get()) != PGRES_TUPLES_OK) {
            c.fail();
        }
        require(from_network<std::int32_t>(PQgetvalue(r.get(), 0, 0)) == balance_of(account), "another balance");
    } while (m.done(began));
}

void thousand_rows(const options& o, measurement& m) {
    const libpq c(o.dsn);
    c.prepare("q", thousand_sql);
    clock::time_point began;
    do {
        began = clock::now();
        const libpq_result r = run_prepared(c);
        const int rows = PQntuples(r.get());
        std::vector<item> items;
        items.reserve(static_cast<std::size_t>(rows));
        for (int row = 0; row != rows; ++row) {
            items.push_back(read_item(r.get(), row));
        }
        require(items.size() == thousand && items.back().id == thousand, "other rows");
    } while (m.done(began));
}

void stream_rows(const options& o, measurement& m) {
    const libpq c(o.dsn);
    m.begin();
    if (PQsendQueryParams(c.get(), many_rows_sql(o.count).c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) != 1) {
        c.fail();
    }
#ifdef LIBPQ_HAS_CHUNK_MODE
    PQsetChunkedRowsMode(c.get(), 256);
#else
    PQsetSingleRowMode(c.get());
#endif
    std::int64_t sum = 0;
    while (const libpq_result r{PQgetResult(c.get())}) {
        for (int row = 0, rows = PQntuples(r.get()); row != rows; ++row) {
            sum += read_item(r.get(), row).id;
        }
    }
    m.end(o.count);
    require(sum == sum_of_ids(o.count), "other rows");
}

void whole_result(const options& o, measurement& m) {
    const libpq c(o.dsn);
    c.prepare("q", many_rows_sql(o.count).c_str());
    m.begin();
    std::vector<item> items;
    {
        const libpq_result r = run_prepared(c);
        const int rows = PQntuples(r.get());
        items.reserve(static_cast<std::size_t>(rows));
        for (int row = 0; row != rows; ++row) {
            items.push_back(read_item(r.get(), row));
        }
    }
    std::int64_t sum = 0;
    for (const item& i : items) {
        sum += i.id;
    }
    m.end(o.count);
    require(sum == sum_of_ids(o.count), "other rows");
}

void copy_rows(const options& o, measurement& m) {
    const libpq c(o.dsn);
    m.begin();
    const libpq_result began(
        PQexec(c.get(), "copy bench_insert (id, quantity, price, name, created_at) from stdin (format binary)"));
    encoder_by_hand encoder;
    const auto send = [&] {
        const auto bytes = encoder.bytes();
        if (PQputCopyData(c.get(), reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) {
            c.fail();
        }
        encoder.clear();
    };
    encoder.append_header();
    for (std::int64_t i = 1; i <= o.count; ++i) {
        encoder.append(make_item(i));
        if (encoder.is_full()) {
            send();
        }
    }
    encoder.append_trailer();
    send();
    PQputCopyEnd(c.get(), nullptr);
    while (const libpq_result r{PQgetResult(c.get())}) {
        if (PQresultStatus(r.get()) != PGRES_COMMAND_OK) {
            c.fail();
        }
    }
    m.end(o.count);
}

void connect_and_close(const options& o, measurement& m) {
    clock::time_point began;
    do {
        began = clock::now();
        const libpq c(o.dsn);
        const libpq_result r = c.exec("select 1");
        require(*PQgetvalue(r.get(), 0, 0) == '1', "another number");
    } while (m.done(began));
}

} // namespace bench::peers
