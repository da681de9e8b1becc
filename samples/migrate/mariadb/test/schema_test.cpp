// SPDX-License-Identifier: BSL-1.0
// Keys, defaults and the like from a MariaDB server to a PostgreSQL server.
#include "migrated.hpp"

namespace migrate::test {
namespace {

class mariadb_schema : public mariadb_test {};

constexpr const char* constraints_of_t =
    "select conname, pg_get_constraintdef(oid) from pg_constraint where contype <> 'n' and conrelid = 'shop.t'::regclass "
    "order by conname";

std::string default_of(const std::string& column) {
    return "select pg_get_expr(adbin, adrelid) from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum "
           "where adrelid = 'shop.t'::regclass and attname = '" +
           column + "'";
}

TEST_F(mariadb_schema, has_keys_and_indexes) {
    source_sql(R"(create table t (a int, b int, c varchar(10) collate utf8mb4_bin, d int not null, primary key (b, a),
                                  unique key uc (c), key ab (a, b desc), key d (d) comment 'of d', unique key ud (d desc));
create table other (a int, key ab (a));
)");

    migrate_all();

    EXPECT_EQ(target_sql("select indexdef from pg_indexes where schemaname = 'shop' order by indexname"),
              "CREATE INDEX other_ab_idx ON shop.other USING btree (a)\n"
              "CREATE INDEX t_ab_idx ON shop.t USING btree (a, b DESC)\n"
              "CREATE UNIQUE INDEX t_c_key ON shop.t USING btree (c)\n"
              "CREATE INDEX t_d_idx ON shop.t USING btree (d)\n"
              "CREATE UNIQUE INDEX t_pkey ON shop.t USING btree (b, a)\n"
              "CREATE UNIQUE INDEX t_ud_idx ON shop.t USING btree (d DESC)");
    EXPECT_EQ(target_sql("select obj_description('shop.t_d_idx'::regclass)"), "of d");
}

TEST_F(mariadb_schema, goes_on_counting) {
    source_sql(R"(create table t (id bigint unsigned auto_increment primary key, x int) auto_increment = 50;
insert into t (x) values (1), (2);
create table u (id tinyint(1) auto_increment primary key);
create table v (id bigint unsigned auto_increment primary key);
insert into v values (9223372036854775807);
)");

    const auto m = migrate_all();

    EXPECT_EQ(target_sql("insert into shop.t (x) values (3); select id from shop.t order by id"), "50\n51\n52");
    EXPECT_EQ(target_sql("insert into shop.u default values returning id"), "1");
    EXPECT_TRUE(notes_of(*m, "table shop.v, column id").starts_with("has no next value: bigint ends at 9223372036854775807"));
    EXPECT_EQ(target->run_sql("insert into shop.v default values").error().sqlstate(),
              pgcoro::sqlstate::sequence_generator_limit_exceeded);
}

TEST_F(mariadb_schema, has_foreign_keys_with_their_actions) {
    source_sql(R"(create table p (id bigint unsigned auto_increment primary key, code varchar(5) unique, flag tinyint(4),
                                  key (flag));
create table t (id bigint unsigned primary key, pid bigint unsigned, code varchar(5), parent bigint unsigned,
  constraint of_p foreign key (pid) references p (id) on delete cascade on update set null,
  constraint of_code foreign key (code) references p (code),
  constraint of_itself foreign key (parent) references t (id));
create table v (id int primary key, tid bigint unsigned, pid bigint unsigned, flag tinyint(1),
  constraint of_t foreign key (tid) references t (id), constraint of_flag foreign key (flag) references p (flag));
insert into p values (1, 'a', 3);
insert into t values (18446744073709551615, 1, 'a', null), (2, 1, null, 18446744073709551615);
insert into v values (1, 2, 3, 3);
)");

    const auto m = migrate_all();

    EXPECT_EQ(target_sql("select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'f' order by conname"),
              "of_code|FOREIGN KEY (code) REFERENCES shop.p(code)\n"
              "of_itself|FOREIGN KEY (parent) REFERENCES shop.t(id)\n"
              "of_p|FOREIGN KEY (pid) REFERENCES shop.p(id) ON UPDATE SET NULL ON DELETE CASCADE\n"
              "of_t|FOREIGN KEY (tid) REFERENCES shop.t(id)");
    EXPECT_EQ(notes_of(*m, "table shop.v, foreign key of_flag"), "left out: it leads to columns of shop.p that are not unique");
    EXPECT_EQ(target_sql("select flag from shop.v"), "3");
}

TEST_F(mariadb_schema, has_defaults) {
    source_sql(R"(create table t (id int primary key, x varchar(20) not null default 'it''s \\ \n', n int default -5,
  flag tinyint(1) default 1, b bit(4) default b'101', s set('x','y') default 'x,y', e enum('a','b') default 'b',
  dt datetime(3) default current_timestamp(3) on update current_timestamp(3), ts timestamp default current_timestamp(),
  zd date default '0000-00-00', r double default (rand()), u uuid default uuid(), bi binary(2) default x'ff00',
  j json default '{}', y year default 2020, z int(5) zerofill default 7, nul int default null, tm time default '-30:00:00',
  calc int default (1 + 2));
insert into t (id) values (1);
)");

    const auto m = migrate_all();

    EXPECT_EQ(
        target_sql("insert into shop.t (id) values (2); "
                   "select x = E'it''s \\\\ \\n', n, flag, b, s, e, dt is not null, ts is not null, zd, r, u is not null, bi, "
                   "j, y, z, nul, tm, calc from shop.t where id = 2"),
        "t|-5|t|0101|{x,y}|b|t|t|||t||{}|2020|7||-30:00:00|3");
    EXPECT_EQ(notes_of(*m, "table shop.t, column zd"), "the default is left out: '0000-00-00'");
    EXPECT_EQ(notes_of(*m, "table shop.t, column r"), "the default is left out: rand()");
    EXPECT_TRUE(notes_of(*m, "table shop.t, column bi").starts_with("the default is left out: ")); // how it is shown changes
    EXPECT_EQ(notes_of(*m, "table shop.t, column dt"), "is not set by updates at the target: on update current_timestamp(3)");
    EXPECT_EQ(target_sql(default_of("dt")), "LOCALTIMESTAMP(3)");
    EXPECT_EQ(target_sql(default_of("ts")), "CURRENT_TIMESTAMP(0)");
}

TEST_F(mariadb_schema, has_checks_that_can_be_translated) {
    source_sql(R"(create table t (id int primary key, n int unsigned, state varchar(10), e enum('a','b'), flag tinyint(1),
  constraint positive check (n > 0 and n <> 7), constraint known check (state in ('new', 'Paid')),
  constraint alike check (state like 'n%' or state is null or true), constraint yes check (flag in (0, 1)));
insert into t values (1, 1, 'NEW', 'a', 1);
)");

    const auto m = migrate_all();

    EXPECT_EQ(target_sql(constraints_of_t),
              "known|CHECK ((lower((state)::text) = ANY (ARRAY[lower('new'::text), lower('Paid'::text)])))\n"
              "positive|CHECK (((n > 0) AND (n <> 7)))\n"
              "t_e_check|CHECK ((e = ANY (ARRAY['a'::text, 'b'::text])))\n"
              "t_pkey|PRIMARY KEY (id)\n"
              "yes|CHECK ((flag = ANY (ARRAY[false, true])))");
    EXPECT_EQ(notes_of(*m, "table shop.t, check alike"), "left out: `state` like 'n%' or `state` is null or 1");
}

TEST_F(mariadb_schema, has_generated_columns_or_their_values) {
    source_sql(R"(create table t (id int primary key, a int, b int, sum bigint as (a + b * 2) stored,
  name varchar(20) as (concat('n', x)) virtual, low varchar(20) as (lower(x)), half decimal(20,4) as (a / 2), x varchar(10), big bigint as (a * b));
insert into t (id, a, b, x) values (1, 2000000000, 2000000000, 'XY'), (2, null, 1, null);
)");

    const auto m = migrate_all();

    EXPECT_EQ(target_sql("select sum, name, half, big from shop.t order by id"),
              "6000000000|nXY|1000000000.0000|4000000000000000000\n|||");
    EXPECT_EQ(target_sql("select attname from pg_attribute where attrelid = 'shop.t'::regclass and attgenerated = 's' "
                         "order by attname"),
              "big\nname\nsum");
    EXPECT_EQ(notes_of(*m, "table shop.t, column half"),
              "becomes an ordinary column with the values that are there: it was generated as `a` / 2");
    EXPECT_EQ(notes_of(*m, "table shop.t, column low"),
              "becomes an ordinary column with the values that are there: it was generated as lcase(`x`)");
}

TEST_F(mariadb_schema, has_comments_and_sequences) {
    source_sql(R"(create sequence s1 start with 5 increment by 10 maxvalue 1000 nocache;
create sequence s2 start with 1 maxvalue 3 nocache nocycle;
create table t (id int primary key comment 'it''s the key', d bigint default nextval(shop.s1)) comment 'of all';
do nextval(s1), nextval(s2), nextval(s2), nextval(s2);
)");

    migrate_all();

    EXPECT_EQ(target_sql("select obj_description('shop.t'::regclass), col_description('shop.t'::regclass, 1)"),
              "of all|it's the key");
    EXPECT_EQ(target_sql("insert into shop.t (id) values (1); select d, nextval('shop.s1') from shop.t"), "15|25");
    EXPECT_EQ(target->run_sql("select nextval('shop.s2')").error().sqlstate(),
              pgcoro::sqlstate::sequence_generator_limit_exceeded);
}

} // namespace
} // namespace migrate::test
