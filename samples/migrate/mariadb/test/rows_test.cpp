// SPDX-License-Identifier: BSL-1.0
// Rows of every type, from a MariaDB server to a PostgreSQL server.
#include "migrated.hpp"

namespace migrate::test {
namespace {

class mariadb_rows : public mariadb_test {};

TEST_F(mariadb_rows, of_integers_arrive_at_both_ends_of_their_ranges) {
    source_sql(R"(create table t (id int primary key, t1 tinyint, t2 tinyint unsigned, s1 smallint, s2 smallint unsigned,
                                  m1 mediumint, m2 mediumint unsigned, i1 int, i2 int unsigned zerofill, b1 bigint,
                                  b2 bigint unsigned, flag tinyint(1), y year);
insert into t values (1, -128, 0, -32768, 0, -8388608, 0, -2147483648, 7, -9223372036854775808, 0, 0, 0),
  (2, 127, 255, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 9223372036854775807, 18446744073709551615, 1, 2155),
  (3, null, null, null, null, null, null, null, null, null, null, null, null);
)");

    migrate_all();

    EXPECT_EQ(target_sql("select * from shop.t order by id"),
              "1|-128|0|-32768|0|-8388608|0|-2147483648|7|-9223372036854775808|0|f|0\n"
              "2|127|255|32767|65535|8388607|16777215|2147483647|4294967295|9223372036854775807|18446744073709551615|t|2155\n"
              "3||||||||||||");
}

TEST_F(mariadb_rows, of_numbers_keep_all_their_digits) {
    source_sql(R"(create table t (id int primary key, d decimal(65,30), z decimal(8,2) zerofill, f float, dp double,
                                  fm float(10,2));
insert into t values (1, -12345678901234567890123456789012345.123456789012345678901234567891, 1.5, 0.1,
                      -2.2250738585072014e-308, 1.1),
                     (2, 0, 0, 16777216, 1.7976931348623157e308, 99999999.99),
                     (3, 1, 2, 1.17549435e-38, 0.30000000000000004, -0.5);
)");

    migrate_all();

    EXPECT_EQ(target_sql("select d, z, f, dp, fm from shop.t order by id"),
              "-12345678901234567890123456789012345.123456789012345678901234567891|1.50|0.1|-2.2250738585072014e-308|1.1\n"
              "0.000000000000000000000000000000|0.00|1.6777216e+07|1.7976931348623157e+308|1e+08\n"
              "1.000000000000000000000000000000|2.00|1.1754944e-38|0.30000000000000004|-0.5");
}

TEST_F(mariadb_rows, of_dates_and_times_keep_their_fractions) {
    source_sql(R"(set time_zone = '+02:00';
create table t (id int primary key, d date, dt datetime(3), ts timestamp(6) null, tm time(2), ts0 timestamp null);
insert into t values (1, '2024-02-29', '2024-02-29 08:00:00.500', '2024-02-29 08:00:00.000001', '-838:59:59.00', null),
                     (2, '0001-01-01', '9999-12-31 23:59:59.999', '2024-02-29 08:00:00', '838:59:59', '2038-01-19 05:14:07'),
                     (3, '9999-12-31', '2024-02-29 00:00:00', null, '00:00:00.10', null);
)");

    migrate_all();

    EXPECT_EQ(target_sql("set timezone = 'UTC'; select d, dt, ts, tm, ts0 from shop.t order by id"),
              "2024-02-29|2024-02-29 08:00:00.5|2024-02-29 06:00:00.000001+00|-838:59:59|\n"
              "0001-01-01|9999-12-31 23:59:59.999|2024-02-29 06:00:00+00|838:59:59|2038-01-19 03:14:07+00\n"
              "9999-12-31|2024-02-29 00:00:00||00:00:00.1|");
}

TEST_F(mariadb_rows, of_text_and_bytes_arrive_as_clients_see_them) {
    source_sql(R"(create table t (id int primary key, c char(5), v varchar(10), x text, l varchar(10) character set latin1,
                                  k varchar(10) character set cp1251, u varchar(10) character set utf16,
                                  b binary(3), vb varbinary(5), bl blob);
insert into t values (1, 'ab  ', 'cd  ', 'tab\tline\nback\\ \r', 'gr\u00fc\u00df', 'a', 'b', 'a', 'b', x'00ff0a5c');
update t set l = 'größe€', k = 'привет', u = '😀x' where id = 1;
insert into t values (2, '', '', '', '', '', '', '', '', '');
)");

    migrate_all();

    EXPECT_EQ(target_sql("select replace(c, ' ', '_'), replace(v, ' ', '_'), "
                         "x = E'tab\\tline\\nback\\\\ \\r', l, k, u, b, vb, bl from shop.t order by id"),
              "ab|cd__|t|größe€|привет|😀x|\\x610000|\\x62|\\x00ff0a5c\n"
              "||f||||\\x000000|\\x|\\x");
}

TEST_F(mariadb_rows, of_labels_bits_json_and_addresses_get_types_of_their_own) {
    source_sql(
        R"(create table t (id int primary key, e enum('new','it''s','ü'), s set('a','b c','null'), b1 bit(1), b12 bit(12),
                                  b64 bit(64), j json, u uuid, i4 inet4, i6 inet6);
insert into t values (1, 'it''s', 'a,b c,null', b'1', b'101000000101', b'1', '{"b": 1.10, "a": [true, null]}',
                      '123E4567-e89b-12d3-a456-426655440000', '192.0.2.1', '2001:db8::ff'),
                     (2, 'ü', '', b'0', b'0', 18446744073709551615, '"x"', null, null, '::ffff:192.0.2.1');
)");

    migrate_all();

    EXPECT_EQ(target_sql("select e, s, b1, b12, b64, j, u, i4, i6 from shop.t order by id"),
              "it's|{a,\"b c\",\"null\"}|t|101000000101|" + std::string(63, '0') +
                  "1|{\"a\": [true, null], \"b\": 1.10}|123e4567-e89b-12d3-a456-426655440000|192.0.2.1|2001:db8::ff\n"
                  "ü|{}|f|000000000000|" +
                  std::string(64, '1') + "|\"x\"|||::ffff:192.0.2.1");
    EXPECT_EQ(target_sql("select data_type from information_schema.columns where table_schema = 'shop' and column_name in "
                         "('e', 's', 'j') order by column_name"),
              "text\njsonb\nARRAY");
}

TEST_F(mariadb_rows, of_json_are_compared_as_jsonb_prints_them) {
    source_sql(R"(create table t (id int primary key auto_increment, j json);
insert into t (j) values ('{"bb": 1, "a": {"z": [], "y": {}}, "bb": 2, "": null}'), ('[1.50, -0, -0.0, 1e2, 1.25E-3, 0e5, 1e300]'),
  ('"\\u00e4\\ud83d\\ude00 \\/ \\\\ \\" \\b\\f\\n\\r\\t \\u0001 \\u001f \\u007f"'), (' true '), ('null'), (null),
  ('12345678901234567890.12345678901234567890'), ('{"ä": 1, "z": 2, "aa": 3}'), ('[[[[[]]]], [{}]]'), ('0.1e1'), ('1e-20');
)");

    const auto m = migrate_all();

    EXPECT_EQ(m->plan.tables.at(0).columns.at(1).mapping.canonical, canonical_form::text);
    EXPECT_EQ(target_sql("select j from shop.t where id in (1, 2) order by id"),
              "{\"\": null, \"a\": {\"y\": {}, \"z\": []}, \"bb\": 2}\n"
              "[1.50, 0, 0.0, 100, 0.00125, 0, 1" +
                  std::string(300, '0') + "]");
}

TEST_F(mariadb_rows, can_get_other_types_than_the_proposed_ones) {
    source_sql(R"(create table t (id int primary key, flag tinyint(1), u binary(16), j json, dt datetime, tm time, p point,
                                  d date, e enum('Y','N'));
insert into t values (1, 7, x'000102030405060708090a0b0c0d0e0f', '{"b":1}', '2024-01-02 03:04:05', '23:59:59',
                      point(1, 2), '0000-00-00', 'Y');
)");
    mapping_rules rules;
    rules.columns = {{"t.flag", "smallint"}, {"t.u", "uuid"},  {"t.j", "json"}, {"t.dt", "timestamptz"},
                     {"t.tm", "time"},       {"t.p", "bytea"}, {"t.d", "text"}, {"t.e", "boolean"}};

    migrate_all("", rules);

    EXPECT_EQ(target_sql("set timezone = 'UTC'; select flag, u, j, dt, tm, p, d, e from shop.t"),
              "7|00010203-0405-0607-0809-0a0b0c0d0e0f|{\"b\":1}|2024-01-02 03:04:05+00|23:59:59|"
              "\\x0101000000000000000000f03f0000000000000040|0000-00-00|t");
}

TEST_F(mariadb_rows, come_from_large_tables_in_batches) {
    source_sql(R"(create table t (id int primary key auto_increment, x varchar(100));
insert into t (x) select concat('row ', seq) from seq_1_to_50000;
)");

    const auto m = migrate_all();

    EXPECT_EQ(m->of("shop.t").rows, 50000U);
    EXPECT_EQ(target_sql("select count(*), sum(id) from shop.t"), "50000|1250025000");
}

TEST_F(mariadb_rows, of_tables_and_columns_with_odd_names_arrive) {
    source_sql(R"(create table `my ``odd" table` (`the "id"` int primary key, `a``b` int, `Upper Case` text, `ü` int);
insert into `my ``odd" table` values (1, 2, 'x', 3);
)");

    migrate_all();

    EXPECT_EQ(target_sql(R"(select "the ""id""", "a`b", "Upper Case", "ü" from shop."my `odd"" table")"), "1|2|x|3");
}

} // namespace
} // namespace migrate::test
