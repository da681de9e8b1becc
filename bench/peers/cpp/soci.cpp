// SPDX-License-Identifier: BSL-1.0
// SOCI: synchronous, results in text.
#include "client.hpp"
#include "rows.hpp"
#include "timestamps.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

namespace bench::peers {
namespace {

/// A statement that reads rows of `bench_rows` one by one.
class item_reader {
public:
    item_reader(soci::session& db, const std::string& sql)
        : statement_((db.prepare << sql, soci::into(id_), soci::into(quantity_), soci::into(price_), soci::into(name_),
                      soci::into(created_at_))) {}

    void execute() { statement_.execute(); }

    bool read(item& i) {
        if (!statement_.fetch()) {
            return false;
        }
        i = {.id = id_, .quantity = quantity_, .price = price_, .name = name_, .created_at = read_timestamp(created_at_)};
        return true;
    }

private:
    long long id_ = 0;
    int quantity_ = 0;
    double price_ = 0;
    std::string name_, created_at_;
    soci::statement statement_;
};

/// A prepared INSERT. SOCI takes vectors, too, and runs one INSERT after the other for them.
class item_writer {
public:
    explicit item_writer(soci::session& db)
        : statement_((db.prepare << "insert into bench_insert (id, quantity, price, name, created_at) "
                                    "values (:id, :quantity, :price, :name, :created_at)",
                      soci::use(id_), soci::use(quantity_), soci::use(price_), soci::use(name_), soci::use(created_at_))) {}

    void write(std::int64_t first, std::int64_t rows) {
        for (std::int64_t n = first; n != first + rows; ++n) {
            item i = make_item(n);
            id_ = i.id;
            quantity_ = i.quantity;
            price_ = i.price;
            name_ = std::move(i.name);
            created_at_ = write_timestamp(i.created_at);
            statement_.execute(true);
        }
    }

private:
    long long id_ = 0;
    int quantity_ = 0;
    double price_ = 0;
    std::string name_, created_at_;
    soci::statement statement_;
};

void one_query_at_a_time(const options& o, measurement& m) {
    soci::session db(soci::postgresql, o.dsn);
    std::int32_t account = 0, balance = 0;
    soci::statement statement =
        (db.prepare << "select abalance from pgbench_accounts where aid = :aid", soci::use(account), soci::into(balance));
    account_numbers numbers;
    clock::time_point began;
    do {
        began = clock::now();
        account = numbers.next();
        statement.execute(true);
        require(balance == balance_of(account), "another balance");
    } while (m.done(began));
}

void thousand_rows(const options& o, measurement& m) {
    soci::session db(soci::postgresql, o.dsn);
    item_reader reader(db, thousand_sql);
    clock::time_point began;
    do {
        began = clock::now();
        reader.execute();
        std::vector<item> items;
        items.reserve(thousand);
        for (item i; reader.read(i);) {
            items.push_back(std::move(i));
        }
        require(items.size() == thousand && items.back().id == thousand, "other rows");
    } while (m.done(began));
}

void whole_result(const options& o, measurement& m) {
    soci::session db(soci::postgresql, o.dsn);
    item_reader reader(db, many_rows_sql(o.count));
    std::vector<item> items;
    std::int64_t sum = 0;
    m.begin();
    reader.execute();
    for (item i; reader.read(i);) {
        sum += i.id;
        items.push_back(std::move(i));
    }
    m.end(o.count);
    require(sum == sum_of_ids(o.count), "other rows");
}

void insert_rows(const options& o, measurement& m) {
    soci::session db(soci::postgresql, o.dsn);
    item_writer writer(db);
    m.begin();
    soci::transaction all(db);
    writer.write(1, o.count);
    all.commit();
    m.end(o.count);
}

void insert_batches(const options& o, measurement& m) {
    soci::session db(soci::postgresql, o.dsn);
    item_writer writer(db);
    std::int64_t next = 1;
    clock::time_point began;
    do {
        began = clock::now();
        soci::transaction batch(db);
        writer.write(next, batch_size);
        batch.commit();
        next += batch_size;
    } while (m.done(began, batch_size));
}

void connect_and_close(const options& o, measurement& m) {
    clock::time_point began;
    do {
        began = clock::now();
        soci::session db(soci::postgresql, o.dsn);
        int one = 0;
        db << "select 1", soci::into(one);
        require(one == 1, "another number");
    } while (m.done(began));
}

} // namespace
} // namespace bench::peers

int main(int argc, char** argv) {
    using namespace bench::peers;
    const char synchronous[] = "synchronous: one query at a time";
    const workload workloads[] = {
        {"W1", "prepared, use and into", one_query_at_a_time},
        {"W2", synchronous, {}},
        {"W3", synchronous, {}},
        {"W3one", synchronous, {}},
        {"W4", "prepared, fetch", thousand_rows},
        {"W5", "its single-row mode does not work", {}},
        {"W5full", "fetch", whole_result},
        {"W6copy", "no COPY", {}},
        {"W6insert", "execute; one round trip per row", insert_rows},
        {"W7", "execute; one round trip per row", insert_batches},
        {"W8", "session", connect_and_close},
        {"W9", "its pool is for threads", {}},
    };
    return run_client(argc, argv, workloads);
}
