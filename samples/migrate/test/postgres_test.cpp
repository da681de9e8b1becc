// SPDX-License-Identifier: BSL-1.0
// From PostgreSQL to PostgreSQL: everything that a schema can have.
#include "program.hpp"

#include <libpq-fe.h>

#include <memory>
#include <sstream>

namespace migrate_test {
namespace {

constexpr const char* whole_schema = R"(
create extension hstore;
create schema "Shop Floor";
create type mood as enum ('sad', 'it''s ok', 'happy');
create domain positive as numeric(10, 2) default 1 constraint is_positive check (value > 0);
create type address as (street text, number int);
create type span as range (subtype = int);
create function twice(n int) returns int language sql immutable as 'select n * 2';
create table "Shop Floor"."Orders ""2026""" (
    "Id" bigint generated always as identity (start with 10 increment by 5),
    "select" text not null default 'it''s',
    serial_number serial,
    amount numeric(12, 3),
    price positive,
    feeling mood default 'happy',
    feelings mood[],
    home address,
    period span,
    tags hstore,
    doubled int generated always as (serial_number * 2) stored,
    computed int default twice(4),
    bytes bytea,
    precise double precision,
    single real,
    moment timestamptz,
    day date,
    duration interval,
    flags bit varying(8),
    letters char(5) collate "C",
    document jsonb,
    list int[][],
    constraint "the key" primary key ("Id"),
    constraint "unique letters" unique (letters, day) deferrable initially deferred,
    constraint "not too much" check (amount <> 1000000),
    exclude using gist (period with &&)
);
comment on table "Shop Floor"."Orders ""2026""" is 'all of it''s orders';
comment on column "Shop Floor"."Orders ""2026"""."Id" is 'a number';
create index "by amount" on "Shop Floor"."Orders ""2026""" using btree (amount desc nulls last) include (day) where amount > 5;
create index by_lower on "Shop Floor"."Orders ""2026""" (lower("select"));
comment on index "Shop Floor".by_lower is 'without case';
insert into "Shop Floor"."Orders ""2026"""
    ("select", amount, price, feeling, feelings, home, period, tags, bytes, precise, single, moment, day, duration, flags, letters,
     document, list)
values
    (E'tab\t line\n back\\slash \u00e9', 1.5, 2.25, 'it''s ok', '{sad,NULL}', '("a, b",3)', '[1,5)', 'a=>1, b=>NULL', '\x00ff',
     'NaN', '-Infinity', '2026-11-29 08:00:00.5+02', 'infinity', '1 mon -3 days 04:05:06', B'101', 'ab', '{"b": 1, "a": [1.50]}',
     '{{1,2},{3,4}}'),
    ('', 'NaN', 1, null, '{}', null, '[7,9)', null, '', 1e300, 0.1, '-infinity', '0044-03-15 BC', null, null, '\N', 'null', null),
    ('\N', null, 3, 'sad', null, '(,)', 'empty', '', null, -0.0, 1e-40, null, null, '-00:00:01', B'', null, null, '{}');
create table empty_one (n int primary key);
create table no_columns ();
insert into no_columns default values;
insert into no_columns default values;
create table no_key (n int, t text);
insert into no_key values (1, 'x'), (1, 'x'), (null, null);
create table lines (
    order_id bigint references "Shop Floor"."Orders ""2026""" on delete cascade,
    parent int references lines (id) deferrable initially deferred,
    id int primary key
);
insert into lines values (10, 2, 1), (15, null, 2);
create table measurements (day date not null, value int) partition by range (day);
create table measurements_2025 partition of measurements for values from ('2025-01-01') to ('2026-01-01');
create table measurements_2026 partition of measurements for values from ('2026-01-01') to ('2027-01-01') partition by list (value);
create table measurements_2026_1 partition of measurements_2026 for values in (1, 2);
create table measurements_rest partition of measurements default;
alter table measurements add primary key (day, value);
create index on measurements (value);
insert into measurements values ('2025-05-05', 7), ('2026-05-05', 1), ('2026-05-06', 2), ('2030-01-01', 1);
create view second as select n + 1 as m from first_numbers() n;
create view nothing as select 1;
)";

class postgres : public program {
protected:
    /// The whole schema, as pg_dump prints it.
    std::string dump(const std::string& dsn) const {
        const auto o = folder.call("/usr/bin/pg_dump", {"--schema-only", "--no-owner", "--dbname", dsn});
        EXPECT_EQ(o.exit_code, 0) << o.err;
        // Since 15.14 there are two commands with a random key.
        std::istringstream lines(o.out);
        std::string schema;
        for (std::string line; std::getline(lines, line);) {
            const bool has_key = line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
            schema += has_key ? "" : line + "\n";
        }
        return schema;
    }
};

TEST_F(postgres, rows_of_every_kind_are_equal_afterwards) {
    std::string script = whole_schema;
    script.replace(script.find("create view second"), 0,
                   "create function first_numbers() returns setof int language sql as 'select generate_series(1, 3)';\n");
    at_source(script);

    const auto o = run({"--json", "--html", folder.path("report.html"), "--report", folder.path("report.json")});

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    const auto summary = o.event("summary");
    EXPECT_EQ(summary.at("equal"), true);
    EXPECT_EQ(summary.at("rows"), 14);
    const std::string rows = R"(select md5(string_agg(t::text, ',' order by "Id")) from "Shop Floor"."Orders ""2026""" t)";
    EXPECT_EQ(at_target(rows), at_source(rows));
    EXPECT_EQ(at_target("select count(*) from no_columns"), at_source("select 2"));
    EXPECT_EQ(dump(target_dsn()), dump(source_dsn()));
    EXPECT_EQ(at_target("select to_regnamespace('pgcoro_migrate') is null"), at_source("select true"));
}

TEST_F(postgres, sequences_that_were_set_and_not_called_begin_there) {
    at_source(
        "create sequence s; create table x (id int generated by default as identity, n serial); insert into x values (41, 7);"
        "select setval('s', 500, false); select setval(pg_get_serial_sequence('x', 'id'), 42, false);"
        "alter sequence x_n_seq restart with 77");

    const auto o = run();

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select nextval('s'), nextval(pg_get_serial_sequence('x', 'id')), nextval('x_n_seq')"),
              at_source("select 500, 42, 77"));
}

TEST_F(postgres, a_sequence_whose_next_value_may_not_be_read_ends_the_run) {
    at_source("create table x (id int generated by default as identity); create table y (n int); create sequence s;"
              "create role sequence_user login password 'seldom'; grant select on x, y to sequence_user;"
              "grant usage on sequence x_id_seq, s to sequence_user; select setval('s', 500, false)");
    const std::string who = source_dsn() + " user=sequence_user password=seldom";

    for (const char* sequence : {"public.x_id_seq", "public.s"}) {
        const auto o = call("run", who);
        EXPECT_EQ(o.exit_code, 1) << o.out;
        EXPECT_TRUE(o.err_has(std::string("sequence ") + sequence + ": its next value cannot be read")) << o.err;
        at_source(std::string("grant select on sequence ") + sequence + " to sequence_user");
    }
    at_source("revoke all on sequence s from sequence_user");
    EXPECT_EQ(call("run", who, {"--table", "x"}).exit_code, 0);
    EXPECT_EQ(call("run", who).exit_code, 1);
}

TEST_F(postgres, temporary_tables_of_other_sessions_are_not_read) {
    at_source("create table t (id int generated always as identity); insert into t default values");
    const std::unique_ptr<PGconn, decltype(&::PQfinish)> other(::PQconnectdb(source_dsn().c_str()), &::PQfinish);
    const char* const statement = "create temporary table mine (id int generated always as identity, n serial);"
                                  "insert into mine default values";
    const std::unique_ptr<PGresult, decltype(&::PQclear)> made(::PQexec(other.get(), statement), &::PQclear);
    ASSERT_EQ(::PQresultStatus(made.get()), PGRES_COMMAND_OK) << ::PQerrorMessage(other.get());

    const auto planned = call("plan", source_dsn());
    const auto o = run();

    EXPECT_EQ(planned.exit_code, 0) << planned.err;
    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_FALSE(o.out_has("mine")) << o.out;
    EXPECT_EQ(at_target("insert into t default values returning id"), "2\n");
}

TEST_F(postgres, an_identity_that_has_given_its_last_value_stays_spent) {
    at_source("create table x (id bigint generated by default as identity);"
              "select setval(pg_get_serial_sequence('x', 'id'), 9223372036854775807)");

    const auto o = run();

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_EQ(at_target("select last_value, is_called from x_id_seq"), "9223372036854775807|t\n");
    EXPECT_THROW(at_target("insert into x default values"), std::exception);
}

TEST_F(postgres, a_materialized_view_of_one_without_rows_is_created_without_rows) {
    at_source("create materialized view below as select 1 as n; create view middle as select n from below;"
              "create materialized view above as select n from middle; refresh materialized view below with no data");

    const auto o = run();

    ASSERT_EQ(o.exit_code, 0) << o.out << o.err;
    EXPECT_TRUE(o.out_has("view public.above: is created without rows")) << o.out;
    EXPECT_EQ(at_target("select relispopulated from pg_class where relname = 'above'"), "f\n");
}

TEST_F(postgres, a_schema_of_an_extension_comes_with_it) {
    at_source("create extension hstore; create schema inner_space; alter extension hstore add schema inner_space");

    ASSERT_EQ(run().exit_code, 0);

    EXPECT_EQ(at_target("select to_regnamespace('inner_space') is null"), "t\n");
}

} // namespace
} // namespace migrate_test
