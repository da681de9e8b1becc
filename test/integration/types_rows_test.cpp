// SPDX-License-Identifier: BSL-1.0
// Rows of structs, and values as text, JSON and tables. The judge is the server: what its output functions print, by way of
// format (a cast to text differs for bool and inet), and its to_json.
#include "types_fixture.hpp"

#include <pgcoro/print_table.hpp>
#include <pgcoro/rows_by_name.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/to_text.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/serialize.hpp>

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace {

struct author {
    std::int64_t id;
    std::string name;
    friend bool operator==(const author&, const author&) = default;
};
BOOST_DESCRIBE_STRUCT(author, (), (id, name))

struct book {
    std::string title;
    double price;
    friend bool operator==(const book&, const book&) = default;
};

using pgcoro::errc;
using pgcoro::rowset;
using pgcoro::unchecked_sql;
using types = pgcoro::test::types_fixture;
namespace json = boost::json;

class rows_fixture : public types {
protected:
    /// Our text of a value is the server's.
    void expect_text(const std::string& expression) {
        const auto rows =
            run(connection_.fetch(unchecked_sql("select v, format('%s', v) from (select " + expression + ") as t(v)")));
        ASSERT_TRUE(rows.has_value()) << expression << ": " << rows.error().describe();
        const auto row = rows.assume_value()[0];
        const auto text = to_text(row[0]);
        ASSERT_TRUE(text.has_value()) << expression << ": " << text.error().message();
        EXPECT_EQ(text.assume_value(), row[1].as<std::string>().value()) << expression;
    }

    /// Our JSON of a value is the server's.
    void expect_json(const std::string& expression) {
        const auto sql = "select v, to_json(v)::jsonb from (select " + expression + ") as t(v)";
        const auto rows = run(connection_.fetch(unchecked_sql(sql)));
        ASSERT_TRUE(rows.has_value()) << expression << ": " << rows.error().describe();
        const auto row = rows.assume_value()[0];
        EXPECT_EQ(to_json(row[0]).value(), row[1].as<json::value>().value()) << expression;
    }

    rowset fetch(const std::string& sql) { return run(connection_.fetch(unchecked_sql(sql))).value(); }

    void run_all(const std::string& sql) { ASSERT_TRUE(run(connection_.execute(unchecked_sql(sql))).has_value()) << sql; }
};

constexpr const char* library =
    "from (values (1, 'Ada'), (2, 'Bob')) as a (id, name) left join"
    " (values (1, 'Notes', 9.5::float8)) as b (author, title, price) on b.author = a.id order by id";

TEST_F(rows_fixture, structs_by_name) {
    const auto authors = run(connection_.fetch<author>(unchecked_sql(std::string("select title, name, id ") + library)));
    EXPECT_EQ(authors.value(), (std::vector<author>{{1, "Ada"}, {2, "Bob"}}));
    const auto failure = run(connection_.fetch<author>("select 1 as id, 'x' as nmae")).error();
    EXPECT_EQ(failure, errc::no_such_column);
    EXPECT_NE(failure.message().find("\"name\""), std::string::npos) << failure.message();
}

TEST_F(rows_fixture, outer_join_into_an_optional_struct) {
    using row = std::tuple<author, std::optional<book>>;
    const auto rows = run(connection_.fetch<row>(unchecked_sql(std::string("select name, id, title, price ") + library)));
    EXPECT_EQ(rows.value(), (std::vector{row(author{1, "Ada"}, book{"Notes", 9.5}), row(author{2, "Bob"}, std::nullopt)}));
    const auto one = run(connection_.fetch_one<std::optional<book>>("select null::text, null::float8"));
    EXPECT_EQ(one.value(), std::nullopt);
}

TEST_F(rows_fixture, text_of_numbers) {
    for (const std::string type : {"int2", "int4", "int8", "float4", "float8", "numeric"}) {
        for (const std::string value : {"0", "1", "-1", "32767", "-32768"}) {
            expect_text("'" + value + "'::" + type);
        }
    }
    for (const std::string value :
         {"0.1", "-0", "1e-4", "9.5e-5", "123456", "999999.5", "1e6", "1.5e6", "1e15", "123456789012345", "999999999999999",
          "1234567890123456", "1e30", "-1.17549435e-38", "NaN", "Infinity", "-Infinity"}) {
        expect_text("'" + value + "'::float4");
        expect_text("'" + value + "'::float8");
    }
    for (const std::string value : {"1e100", "5e-324", "1.7976931348623157e308", "0.30000000000000004", "1e-300"}) {
        expect_text("'" + value + "'::float8");
    }
    for (const std::string value : {"123.4500", "1e40", "-0.00001", "NaN"}) {
        expect_text("'" + value + "'::numeric");
    }
    expect_text("true");
    expect_text("false");
}

TEST_F(rows_fixture, text_of_time) {
    for (const std::string date : {"2000-01-01", "2024-02-29", "1999-12-31", "1970-01-01", "0001-01-01", "0001-12-31 BC",
                                   "0044-03-15 BC", "4714-11-24 BC", "5874897-12-31", "32768-01-01", "infinity", "-infinity"}) {
        expect_text("'" + date + "'::date");
    }
    for (const std::string moment :
         {"2024-05-01 12:34:56", "2000-01-01 00:00:00", "1999-12-31 23:59:59.999999", "2024-05-01 01:02:03.5",
          "0044-03-15 12:00:00.25 BC", "294276-12-31 23:59:59.999999", "4714-11-24 00:00:00 BC", "infinity", "-infinity"}) {
        expect_text("'" + moment + "'::timestamp");
        expect_text("'" + moment + "'::timestamptz");
    }
    for (const std::string span : {"0", "1 year", "-1 year", "14 months -3 days", "-14 months 3 days 04:05:06.789",
                                   "1 day -00:00:01", "-00:00:00.5", "1 mon", "2 days 100:00:00", "-1 days +00:00:01"}) {
        expect_text("'" + span + "'::interval");
    }
    expect_text("'24:00'::time");
    expect_text("'12:34:56.7+05:30'::timetz");
}

TEST_F(rows_fixture, text_of_strings_and_bytes) {
    for (const std::string expression :
         {R"('a"b\c')", "''", "'x'::varchar", "'x'::char(3)", "'pg_class'::name", R"('{"a": [1]}'::json)",
          R"('{"a": [1]}'::jsonb)", "'<a/>'::xml", "'x'::\"char\"", "''::\"char\"", R"('\200'::"char")", R"('\x00ff'::bytea)",
          "''::bytea", "'00112233-4455-6677-8899-aabbccddeeff'::uuid", "B'10110'", "B'101'::varbit", "'$.a[*]'::jsonpath",
          "'fat cat:3A'::tsvector", "'fat & !cat'::tsquery"}) {
        expect_text(expression);
    }
}

TEST_F(rows_fixture, text_of_addresses_identifiers_and_geometry) {
    for (const std::string expression : {"'10.0.0.1/8'::inet",
                                         "'::1'::inet",
                                         "'10.0.0.0/8'::cidr",
                                         "'2001:db8::/32'::cidr",
                                         "'08:00:2b:01:02:03'::macaddr",
                                         "'08:00:2b:01:02:03:04:05'::macaddr8",
                                         "4294967295::oid",
                                         "'7'::xid",
                                         "'7'::xid8",
                                         "'7'::cid",
                                         "'(1,2)'::tid",
                                         "'16/B374D848'::pg_lsn",
                                         "'(1,2.5)'::point",
                                         "'{1,2,3}'::line",
                                         "'[(1,2),(3,4)]'::lseg",
                                         "'(1,2),(3,4)'::box",
                                         "'[(1,2),(3,4)]'::path",
                                         "'((1,2),(3,4))'::path",
                                         "'((1,2),(3,4),(5,6))'::polygon",
                                         "'<(1,2),3>'::circle"}) {
        expect_text(expression);
    }
}

TEST_F(rows_fixture, text_of_arrays) {
    for (const std::string expression :
         {"array[1,null,3]", "'{}'::int[]", "'{{1,2},{3,4}}'::int[]", "'[0:1]={1,2}'::int[]",
          "'[-1:0][2:3]={{1,2},{3,4}}'::int[]",
          R"(array['a b', '', 'NULL', 'null', null, 'x,y', 'x"y', 'x\y', '{}', E'a\tb', 'plain', 'x;y'])",
          "array['2024-05-01 12:00'::timestamp]", "array['(1,2),(3,4)'::box, '(5,6),(7,8)'::box]", "array[true,false]",
          R"(array['\x00'::bytea])", "array['[1,2)'::int4range]", "array[1.50, 2]", "'1 2'::int2vector", "''::int2vector",
          "array['1 2 3'::oidvector]"}) {
        expect_text(expression);
    }
}

TEST_F(rows_fixture, text_of_ranges_and_composites) {
    for (const std::string expression :
         {"'[1,5)'::int4range", "'empty'::int4range", "'(,5)'::int8range", "'[1.5,2.5]'::numrange", "'(,)'::daterange",
          "'[2024-01-01,2024-02-01)'::daterange", "'[2024-01-01 12:00,)'::tsrange", "'[2024-01-01 12:00,)'::tstzrange",
          "row(1, null, 'a b', '', 'x\"y', 'x\\y', '(', true)", "row()", "row(row(1, 'a'), array[1,2])"}) {
        expect_text(expression);
    }
}

TEST_F(rows_fixture, text_of_types_made_by_users) {
    run_all("create type rows_mood as enum ('fine', 'so so')");
    run_all("create domain rows_score as int");
    run_all("create type rows_entry as (who text, score rows_score, how rows_mood, more int[])");
    run_all("create type rows_span as range (subtype = text, multirange_type_name = rows_spans)");
    run_all("create type rows_blocks as range (subtype = int4range)");
    for (const std::string expression :
         {"'so so'::rows_mood", "array['fine', 'so so']::rows_mood[]", "5::rows_score", "array[5, null]::rows_score[]",
          "row('Ada L', 5, 'so so', '{1,2}')::rows_entry", "array[row('Ada', 5, 'fine', null)::rows_entry]",
          "rows_span('a', 'b c')", "rows_span('', null)", "rows_spans(rows_span('a', 'b c'), rows_span('x', null))",
          "rows_blocks('[1,2)', '[5,6)')", "row(null, null, null, null)::rows_entry"}) {
        expect_text(expression);
    }
}

TEST_F(rows_fixture, text_of_what_is_not_known_shows_its_bytes) {
    const auto rows = fetch("select 123::int8::money, '1 2'::int2vector");
    EXPECT_EQ(to_text(rows[0][0]).value(), "<money 000000000000300c>");
    EXPECT_TRUE(to_text(rows[0][2]).error() == errc::no_such_column);
    EXPECT_TRUE(to_text(fetch("select null::int")[0][0]).error() == errc::unexpected_null);
}

TEST_F(rows_fixture, json_of_values) {
    for (const std::string expression : {"1",
                                         "-5::int8",
                                         "true",
                                         "1.5::float8",
                                         "0.1::float4",
                                         "1e300::float8",
                                         "'NaN'::float8",
                                         "'x\"y'::text",
                                         R"('{"a": [1, null]}'::jsonb)",
                                         "'[1]'::json",
                                         "array[1,null]",
                                         "'{{1,2},{3,4}}'::int[]",
                                         "array['a',null]",
                                         "array['{}'::jsonb]",
                                         "'{}'::int[]",
                                         "'2024-05-01 12:00:00.5'::timestamp",
                                         "'2024-05-01 12:00+02'::timestamptz",
                                         "'2024-05-01'::date",
                                         "'infinity'::timestamptz",
                                         "array['2024-05-01 12:00'::timestamp]",
                                         "'[1,2)'::int4range",
                                         "'00112233-4455-6677-8899-aabbccddeeff'::uuid",
                                         "'1 day'::interval",
                                         "'12:00'::time",
                                         "'\\x00'::bytea"}) {
        expect_json(expression);
    }
    EXPECT_EQ(to_json(fetch("select null::int")[0][0]).value(), json::value(nullptr));
}

TEST_F(rows_fixture, json_of_rows) {
    const auto rows = fetch("select 1 as id, 1.10 as price, null as x union all select 2, null, 'a'");
    EXPECT_EQ(json::serialize(to_json(rows).value()), R"([{"id":1,"price":"1.10","x":null},{"id":2,"price":null,"x":"a"}])");
    EXPECT_EQ(to_json(fetch("select 1 where false")).value(), json::array());
}

TEST_F(rows_fixture, table_like_psql) {
    std::ostringstream out;
    out << fetch(
        "select 1 as id, 'Ada' as name, 1.5 as amount, E'a\\nb' as x union all select 12, 'gr\xc3\xbc\xc3\x9f', null, null");
    EXPECT_EQ(out.str(), " id | name | amount |  x   \n"
                         "----+------+--------+------\n"
                         "  1 | Ada  |    1.5 | a\\nb\n"
                         " 12 | gr\xc3\xbc\xc3\x9f |        | \n"
                         "(2 rows)\n");
}

} // namespace
