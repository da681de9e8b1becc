// SPDX-License-Identifier: BSL-1.0
// libpqxx 8: synchronous, results in text.
#include "client.hpp"
#include "rows.hpp"
#include "timestamps.hpp"

#include <pqxx/pqxx>

namespace bench::peers {
namespace {

std::vector<item> read_items(const pqxx::result& result) {
    std::vector<item> items;
    items.reserve(static_cast<std::size_t>(result.size()));
    for (const auto& row : result) {
        items.push_back({
            .id = row[0].as<std::int64_t>(),
            .quantity = row[1].as<std::int32_t>(),
            .price = row[2].as<double>(),
            .name = row[3].as<std::string>(),
            .created_at = read_timestamp(row[4].view()),
        });
    }
    return items;
}

void one_query_at_a_time(const options& o, measurement& m) {
    pqxx::connection c(o.dsn);
    c.prepare("q", balance_sql);
    pqxx::nontransaction db(c);
    account_numbers numbers;
    clock::time_point began;
    do {
        began = clock::now();
        const auto account = numbers.next();
        const auto result = db.exec(pqxx::prepped{"q"}, pqxx::params{account});
        require(result.one_field().as<std::int32_t>() == balance_of(account), "another balance");
    } while (m.done(began));
}

void thousand_rows(const options& o, measurement& m) {
    pqxx::connection c(o.dsn);
    c.prepare("q", thousand_sql);
    pqxx::nontransaction db(c);
    clock::time_point began;
    do {
        began = clock::now();
        const auto items = read_items(db.exec(pqxx::prepped{"q"}));
        require(items.size() == thousand && items.back().id == thousand, "other rows");
    } while (m.done(began));
}

void stream_rows(const options& o, measurement& m) {
    pqxx::connection c(o.dsn);
    pqxx::nontransaction db(c);
    std::int64_t sum = 0;
    m.begin();
    for (auto [id, quantity, price, name, created_at] :
         db.stream<std::int64_t, std::int32_t, double, std::string_view, std::string_view>(many_rows_sql(o.count))) {
        const item i{id, quantity, price, std::string(name), read_timestamp(created_at)};
        sum += i.id;
    }
    m.end(o.count);
    require(sum == sum_of_ids(o.count), "other rows");
}

void whole_result(const options& o, measurement& m) {
    pqxx::connection c(o.dsn);
    pqxx::nontransaction db(c);
    std::int64_t sum = 0;
    m.begin();
    const auto items = read_items(db.exec(many_rows_sql(o.count)));
    for (const item& i : items) {
        sum += i.id;
    }
    m.end(o.count);
    require(sum == sum_of_ids(o.count), "other rows");
}

void copy_rows(const options& o, measurement& m) {
    pqxx::connection c(o.dsn);
    pqxx::work db(c);
    m.begin();
    auto to = pqxx::stream_to::table(db, {"bench_insert"}, {"id", "quantity", "price", "name", "created_at"});
    for (std::int64_t n = 1; n <= o.count; ++n) {
        const item i = make_item(n);
        to.write_values(i.id, i.quantity, i.price, i.name, write_timestamp(i.created_at));
    }
    to.complete();
    db.commit();
    m.end(o.count);
}

void connect_and_close(const options& o, measurement& m) {
    clock::time_point began;
    do {
        began = clock::now();
        pqxx::connection c(o.dsn);
        pqxx::nontransaction db(c);
        require(db.query_value<int>("select 1") == 1, "another number");
    } while (m.done(began));
}

} // namespace
} // namespace bench::peers

int main(int argc, char** argv) {
    using namespace bench::peers;
    const char synchronous[] = "synchronous: one query at a time";
    const char no_parameters[] = "its pipeline takes no parameters";
    const workload workloads[] = {
        {"W1", "exec(prepped)", one_query_at_a_time},
        {"W2", synchronous, {}},
        {"W3", synchronous, {}},
        {"W3one", no_parameters, {}},
        {"W4", "exec(prepped) and as<T>", thousand_rows},
        {"W5", "stream, text COPY", stream_rows},
        {"W5full", "exec and as<T>", whole_result},
        {"W6copy", "stream_to, text COPY", copy_rows},
        {"W6insert", no_parameters, {}},
        {"W7", no_parameters, {}},
        {"W8", "connection", connect_and_close},
        {"W9", "no pool", {}},
    };
    return run_client(argc, argv, workloads);
}
