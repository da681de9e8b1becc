// SPDX-License-Identifier: BSL-1.0
#include "workload.hpp"

#include "libpq.hpp"

#include <stdexcept>

namespace bench {
namespace {

constexpr int items = 1'000; // and documents
constexpr int tags = 8;

const auto first_created = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1);

std::string accounts_script(std::int32_t accounts, std::int32_t balances) {
    return "create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84)) with (fillfactor = 100);"
           "insert into pgbench_accounts select n, 1, n % " +
           std::to_string(balances) + ", '' from generate_series(1, " + std::to_string(accounts) + ") n;";
}

std::string rows_script() {
    return "create table bench_rows (id int8 not null, quantity int4 not null, price float8 not null, name text not null,"
           " created_at timestamptz not null);"
           "insert into bench_rows select n, n * 3, n / 4.0, repeat('x', 4 + n % 24),"
           " timestamptz '2024-01-01 00:00:00Z' + n * interval '1 minute' from generate_series(1, " +
           std::to_string(items) + ") n;";
}

// Row n costs n quarters, and its id ends in n.
std::string documents_script() {
    return "create table bench_documents (price numeric not null, id uuid not null, tags int4[] not null, content jsonb not null);"
           "insert into bench_documents select n * 0.25, lpad(to_hex(n), 32, '0')::uuid,"
           " array(select n + i from generate_series(1, " +
           std::to_string(tags) +
           ") i), jsonb_build_object('number', n, 'name', 'document', 'flags', jsonb_build_array(true, null))"
           " from generate_series(1, " +
           std::to_string(items) + ") n;";
}

bool is_document(const document_view& it, std::int32_t n) {
    bool right = it.price == n / 4.0 && it.id.size() == 16 && it.tags.size() == tags;
    for (std::size_t i = 0; right && i < 16; ++i) {
        right = it.id[i] == (i < 14 ? 0 : i == 14 ? n / 256 : n % 256);
    }
    for (std::int32_t i = 0; right && i < tags; ++i) {
        right = it.tags[static_cast<std::size_t>(i)] == n + i + 1;
    }
    return right && it.content == R"({"name": "document", "flags": [true, null], "number": )" + std::to_string(n) + "}";
}

bool is_there(const libpq& connection, const std::string& table) {
    return PQgetisnull(connection.exec("select to_regclass('" + table + "')").get(), 0, 0) == 0;
}

} // namespace

std::string many_items_sql(std::size_t rows) {
    return "select id, quantity, price, name, created_at from generate_series(1, " + std::to_string(rows / items + 1) +
           ") cross join bench_rows limit " + std::to_string(rows);
}

void create_tables(const std::string& conninfo) {
    const libpq connection(conninfo);
    connection.exec("set client_min_messages = warning");
    if (!is_there(connection, "pgbench_accounts")) {
        connection.exec(accounts_script(account_sequence::accounts, account_sequence::balances));
    }
    if (!is_there(connection, "bench_rows")) {
        connection.exec(rows_script());
    }
    if (!is_there(connection, "bench_documents")) {
        connection.exec(documents_script());
    }
    if (!is_there(connection, "bench_copied")) {
        connection.exec("create unlogged table bench_copied (like bench_rows)");
    }
    for (const std::string table : {"pgbench_accounts", "bench_rows", "bench_documents"}) {
        connection.exec("vacuum analyze " + table);
    }
    connection.exec("checkpoint");
}

void check(const std::vector<item>& all) {
    bool right = all.size() == items;
    for (std::size_t i = 0; right && i < all.size(); i += all.size() - 1) {
        const auto n = static_cast<std::int32_t>(i) + 1;
        const auto& it = all[i];
        right = it.id == n && it.quantity == n * 3 && it.price == n / 4.0 &&
                it.name == std::string(4 + static_cast<std::size_t>(n) % 24, 'x') &&
                it.created_at == first_created + std::chrono::minutes(n);
    }
    if (!right) {
        throw std::runtime_error("the rows that came are not those of bench_rows");
    }
}

void check(std::size_t rows, const document_view& first, const document_view& last) {
    if (rows != items || !is_document(first, 1) || !is_document(last, items)) {
        throw std::runtime_error("the rows that came are not those of bench_documents");
    }
}

void stream_check::expect(std::size_t rows) const {
    if (rows_ != rows || sum_ < rows) {
        throw std::runtime_error("a stream gave other rows than were asked for");
    }
}

void account_sequence::check() const {
    if (expected_ != got_) {
        throw std::runtime_error("the balances that came are not those of the accounts asked for");
    }
}

} // namespace bench
