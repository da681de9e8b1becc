// SPDX-License-Identifier: BSL-1.0
// Every relation of pg_catalog and information_schema, of whatever version the server is: it can be fetched, and its values are
// printed as the server prints them.
#include "support/libpq_session.hpp"
#include "types_fixture.hpp"

#include <pgcoro/print_table.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/to_text.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace {

using pgcoro::unchecked_sql;
using pgcoro::test::libpq_session;
using pgcoro::test::shared_server;

class catalogues : public pgcoro::test::types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        // Something of everything whose columns are otherwise empty.
        for (const char* sql :
             {"set client_min_messages = warning",
              "drop schema if exists furnished cascade",
              "create schema furnished",
              "create table furnished.t (a int, b text default 'x', c int) partition by range (a)",
              "create table furnished.p partition of furnished.t for values from (0) to (100)",
              "alter table furnished.p add check (a >= 0)",
              "alter table furnished.t add column d int[] default '{1,2}'",
              "insert into furnished.t select i % 5, 'v' || i % 7, i % 5 from generate_series(1, 500) i",
              "create statistics furnished.s on a, b, c from furnished.p",
              "analyze furnished.p",
              "create index on furnished.p (a, lower(b)) where c > 0",
              "grant select on furnished.t to public",
              "grant select (a) on furnished.t to public",
              "create policy visible on furnished.t using (a > 1)",
              "create function furnished.f(int, out x int, variadic y int[] default '{}') language sql as 'select 1'",
              "alter function furnished.f set search_path = pg_catalog",
              "create view furnished.v as select * from furnished.t",
              "alter default privileges in schema furnished grant select on tables to public",
              "create foreign data wrapper furnished options (a 'b')",
              "comment on table furnished.t is 'c'",
              "create publication furnished for table furnished.p"}) {
            const auto done = run(connection_.execute(unchecked_sql(sql)));
            ASSERT_TRUE(done) << sql << ": " << done.error();
        }
    }

    void TearDown() override {
        for (const char* sql : {"drop publication if exists furnished", "drop foreign data wrapper if exists furnished",
                                "drop schema if exists furnished cascade"}) {
            EXPECT_TRUE(run(connection_.execute(unchecked_sql(sql)))) << sql;
        }
    }

    struct relation {
        std::string name;
        std::string kind;
        std::string columns;
        std::string printed; // the same as the server prints them
    };

    std::vector<relation> relations() {
        return run(connection_.fetch<relation>(
                       R"(select format('%I.%I', n.nspname, c.relname), c.relkind::text,
                                 string_agg(k.item, ', ' order by a.attnum),
                                 string_agg(format('format(''%%s'', %s)', k.item), ', ' order by a.attnum)
                          from pg_class c join pg_namespace n on n.oid = c.relnamespace
                               join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
                               lateral (select format('r.%I', a.attname)) k (item)
                          where n.nspname in ('pg_catalog', 'information_schema') and c.relkind in ('r', 'v', 'm')
                          group by 1, 2 order by 1)"))
            .value();
    }
};

/// The server refuses it to other clients, too: what it has about NUMA, where the machine has none.
bool nobody_can_read(const std::string& relation) {
    libpq_session judge(shared_server().dsn());
    return judge.value("select count(*) from " + relation).starts_with("<error>");
}

std::vector<std::string> sorted_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) {
        lines.push_back(line);
    }
    std::ranges::sort(lines);
    return lines;
}

TEST_F(catalogues, every_value_is_printed_as_the_server_prints_it) {
    const auto all = relations();
    ASSERT_GT(all.size(), 150U);
    for (const auto& of : all) {
        const auto rows = run(connection_.fetch(unchecked_sql("select " + of.columns + ", " + of.printed +
                                                              " from (select * from " + of.name + " limit 300 offset 0) r")));
        if (!rows && nobody_can_read(of.name)) {
            continue;
        }
        ASSERT_TRUE(rows) << of.name << ": " << rows.error().describe();
        for (const auto row : rows.assume_value()) {
            const std::size_t columns = row.size() / 2;
            for (std::size_t i = 0; i < columns; ++i) {
                if (!row[i].is_null()) {
                    const auto text = to_text(row[i]);
                    ASSERT_TRUE(text) << of.name << ": " << text.error();
                    ASSERT_EQ(text.assume_value(), row[columns + i].as<std::string>().value())
                        << of.name << "." << rows.assume_value().columns()[i].name();
                }
            }
        }
    }
}

TEST_F(catalogues, every_relation_can_be_fetched_printed_and_made_json) {
    for (const auto& of : relations()) {
        const auto rows = run(connection_.fetch(unchecked_sql("select * from " + of.name + " limit 300")));
        if (!rows && nobody_can_read(of.name)) {
            continue;
        }
        ASSERT_TRUE(rows) << of.name << ": " << rows.error().describe();
        std::ostringstream table;
        table << rows.assume_value();
        EXPECT_NE(table.str().find("row"), std::string::npos);
        const auto document = to_json(rows.assume_value());
        ASSERT_TRUE(document) << of.name << ": " << document.error();
        EXPECT_EQ(document.assume_value().as_array().size(), rows.assume_value().size());
    }
}

TEST_F(catalogues, tables_are_as_the_server_prints_them) {
    for (const auto& of : relations()) {
        // Views of statistics, locks and sessions change all the time; the statistics of columns hold names.
        if (of.kind != "r" || of.name == "pg_catalog.pg_statistic") {
            continue;
        }
        const std::string sql = "select " + of.columns + " from " + of.name + " r";
        const auto rows = run(connection_.fetch(unchecked_sql(sql)));
        ASSERT_TRUE(rows) << of.name << ": " << rows.error();
        std::string ours;
        for (const auto row : rows.assume_value()) {
            std::string line;
            for (const auto field : row) {
                line += field.is_null() ? "" : to_text(field).value();
                line += '|';
            }
            line.pop_back();
            ours += line + "\n";
        }
        const auto theirs = shared_server().run_sql("set timezone = 'UTC'; " + sql);
        ASSERT_TRUE(theirs) << of.name << ": " << theirs.error();
        EXPECT_EQ(sorted_lines(ours), sorted_lines(theirs.assume_value())) << of.name;
    }
}

} // namespace
