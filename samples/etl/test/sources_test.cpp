// SPDX-License-Identifier: BSL-1.0
// Rows of each kind of source arrive as they are.
#include "program.hpp"

#include <sqlite3.h>

namespace etl_test {
namespace {

class etl_sources : public program {
protected:
    etl_sources() {
        sql("create table orders (id bigint primary key, note text, price float8, data bytea, extra jsonb, total numeric)");
    }
    /// Runs a pipeline from this source.
    outcome load(const std::string& source, const std::string& steps = {}, std::vector<std::string> options = {}) {
        write("p.toml", "[source]\n" + source + "\n" + steps + "\n[target]\ntable = \"public.orders\"\nmode = \"replace\"\n");
        return run("p.toml", std::move(options));
    }
    void sqlite(const std::string& statements) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(path("shop.db").c_str(), &db), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
        sqlite3_close(db);
    }
};

TEST_F(etl_sources, csv_without_a_header) {
    write("orders.csv", "1;'a;b'\n2;NULL\n\n3;'NULL'\n");

    const auto o = load("type = \"csv\"\nfile = \"orders.csv\"\nheader = false\ncolumns = [\"id\", \"note\"]\n"
                        "delimiter = \";\"\nquote = \"'\"\nnull = \"NULL\"");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select id, note, note is null from orders order by id"), "1|a;b|f\n2||t\n3|NULL|f\n");
}

TEST_F(etl_sources, json_lines) {
    write("orders.jsonl", "{\"id\": 1, \"note\": \"x\\ty\", \"extra\": {\"k\": [1, null]}, \"ignored\": 1}\n\n"
                          "{\"id\": 12345678901, \"note\": null, \"price\": 0.1}\r\n");

    const auto o = load("type = \"jsonl\"\nfile = \"orders.jsonl\"\ncolumns = [\"id\", \"note\", \"price\", \"extra\"]");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select id, note, price, extra from orders order by id"), "1|x\ty||{\"k\": [1, null]}\n12345678901||0.1|\n");
}

TEST_F(etl_sources, sqlite_with_all_its_types) {
    sqlite("create table o (id integer, note text, price real, data blob);"
           "insert into o values (1, 'x', 0.1, x'00ff'), (9007199254740993, null, 1.0 / 3, null), (3, '', 9e999, x'')");

    const auto o = load("type = \"sqlite\"\nfile = \"shop.db\"\nquery = \"select * from o\"");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select id, note, price, data, data is null from orders order by id"),
              "1|x|0.1|\\x00ff|f\n3||Infinity|\\x|f\n9007199254740993||0.3333333333333333||t\n");
}

TEST_F(etl_sources, postgres_with_its_own_types) {
    sql("create table customers_of_old as select 2 as id, E'a\\\\b\\nc' as note, '\\x00ff'::bytea as data, null::text as gone");

    const auto o = load("type = \"postgres\"\nquery = \"\"\"select id, note, data -- a comment\nfrom customers_of_old\"\"\"",
                        {}, {"--source", server->dsn()});
    sql("drop table customers_of_old");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select id, replace(note, E'\\n', '/'), data from orders"), "2|a\\b/c|\\x00ff\n");
}

TEST_F(etl_sources, many_rows_arrive_in_order_and_once) {
    std::string text = "id,note\n";
    for (int i = 1; i <= 50'000; ++i) {
        text += std::to_string(i) + ",\"note " + std::to_string(i) + "\"\n";
    }
    write("orders.csv", text);

    const auto o = load("type = \"csv\"\nfile = \"orders.csv\"", {}, {"--batch-rows", "7000"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select count(*), sum(id), count(*) filter (where note = 'note ' || id) from orders"),
              "50000|1250025000|50000\n");
}

TEST_F(etl_sources, steps_lookups_and_expressions) {
    sql("insert into customers values (7, 'Ann')");
    write("orders.csv", "number,who,amount,vat\n1,Ann,\"1.000,50\",0.19\n2,Bob,\"2,00\",0.19\n3,,\"3,00\",0\n");

    const auto o = load("type = \"csv\"\nfile = \"orders.csv\"",
                        "[[step]]\nrename = \"number\"\nto = \"id\"\n"
                        "[[step]]\nfilter = \"who\"\nnull = false\n"
                        "[[step]]\ncast = \"amount\"\ntype = \"numeric\"\ndecimal = \",\"\nthousands = \".\"\n"
                        "[[step]]\nlookup = \"select id as customer, name from customers\"\nmatch = { who = \"name\" }\n"
                        "add = \"customer\"\nmissing = \"null\"\n"
                        "[[step]]\ncompute = \"total\"\nsql = \"amount::numeric * (1 + vat::numeric) -- gross\"\n"
                        "[[step]]\ncompute = \"note\"\nsql = \"coalesce(customer, 'unknown') || '/' || (id + 1)\"\n"
                        "[[step]]\ndrop = [\"who\", \"amount\", \"vat\", \"customer\"]\n");

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_EQ(sql("select id, note, total from orders order by id"), "1|7/2|1190.5950\n2|unknown/3|2.3800\n");
    EXPECT_TRUE(o.out_has("filtered       1\n")) << o.out;
}

} // namespace
} // namespace etl_test
