// SPDX-License-Identifier: BSL-1.0
// Types that only values tell of, that initdb made, or that change while a session knows them. What is read does not depend on
// what the connection has met before.
#include "support/libpq_session.hpp"
#include "support/run.hpp"
#include "types_fixture.hpp"

#include <pgcoro/print_table.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/to_text.hpp>
#include <pgcoro/types/composite.hpp>
#include <pgcoro/types/enum.hpp>

#include <boost/describe/enum.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace shop {

enum class hue { red, blue };
BOOST_DESCRIBE_ENUM(hue, red, blue)

struct pixel {
    int x;
    hue colour;
    friend bool operator==(const pixel&, const pixel&) = default;
};

/// As `pixel` becomes when its type gets another attribute.
struct deep_pixel {
    int x;
    hue colour;
    std::optional<int> depth;
    friend bool operator==(const deep_pixel&, const deep_pixel&) = default;
};

struct checked_pixel {
    int x;
    hue colour;
    friend bool operator==(const checked_pixel&, const checked_pixel&) = default;
};

struct identifier {
    std::string text;
};

} // namespace shop

template <>
struct pgcoro::pg_type<shop::hue> : pgcoro::enum_type<shop::hue> {
    static constexpr std::string_view sql_name = "inside.hue";
};
template <>
struct pgcoro::pg_type<shop::pixel> : pgcoro::composite_type<shop::pixel> {
    static constexpr std::string_view sql_name = "inside.pixel";
};
template <>
struct pgcoro::pg_type<shop::deep_pixel> : pgcoro::composite_type<shop::deep_pixel> {
    static constexpr std::string_view sql_name = "inside.pixel";
};
template <>
struct pgcoro::pg_type<shop::checked_pixel> : pgcoro::composite_type<shop::checked_pixel> {
    static constexpr std::string_view sql_name = "inside.checked";
};
template <>
struct pgcoro::pg_type<shop::identifier> {
    static constexpr std::string_view name = "shop::identifier";
    static constexpr std::string_view sql_name = "information_schema.sql_identifier";
    static void encode(const shop::identifier& value, value_writer& out) { out.put_text(value.text); }
    static errc decode(oid_number, value_bytes bytes, shop::identifier& out) {
        out.text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return {};
    }
};

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::unchecked_sql;
using shop::checked_pixel;
using shop::deep_pixel;
using shop::hue;
using shop::identifier;
using shop::pixel;

constexpr const char* inside_schema[] = {
    "set client_min_messages = warning",
    "drop schema if exists inside cascade",
    "create schema inside",
    "create type inside.hue as enum ('red', 'blue')",
    "create domain inside.small as int check (value < 1000)",
    "create type inside.pixel as (x int, colour inside.hue)",
    "create domain inside.checked as inside.pixel check ((value).x >= 0)",
};

class types_inside : public types_fixture {
protected:
    // The connection is new for each test, and so are the types' numbers.
    void SetUp() override {
        for (const char* sql : inside_schema) {
            judge_.value(sql);
        }
        types_fixture::SetUp();
    }

    template <class T>
    T one(const std::string& sql) {
        auto r = run(connection_.fetch_one<std::tuple<T>>(unchecked_sql("select " + sql)));
        EXPECT_TRUE(r) << sql << ": " << r.error();
        return r ? std::get<0>(std::move(r).value()) : T{};
    }

    libpq_session judge_{shared_server().dsn()};
};

TEST_F(types_inside, a_record_holds_a_users_type) {
    EXPECT_EQ((one<std::tuple<int, hue>>("row(1, 'blue'::inside.hue)")), std::tuple(1, hue::blue));
}

TEST_F(types_inside, a_record_holds_a_record_that_does) {
    EXPECT_EQ((one<std::tuple<int, std::tuple<std::string, hue>>>("row(1, row('a'::text, 'blue'::inside.hue))")),
              std::tuple(1, std::tuple(std::string("a"), hue::blue)));
}

TEST_F(types_inside, a_record_holds_arrays_domains_and_composites) {
    using record = std::tuple<std::vector<hue>, int, pixel, std::vector<pixel>>;
    EXPECT_EQ(one<record>("row(array['red', 'blue']::inside.hue[], 5::inside.small, row(1, 'red')::inside.pixel, "
                          "array[row(2, 'blue')::inside.pixel])"),
              record({hue::red, hue::blue}, 5, {1, hue::red}, {{2, hue::blue}}));
}

TEST_F(types_inside, an_array_of_records) {
    using records = std::vector<std::tuple<int, std::optional<hue>>>;
    EXPECT_EQ(one<records>("array[row(1, null::inside.hue), row(2, 'blue'::inside.hue)]"),
              (records{{1, std::nullopt}, {2, hue::blue}}));
}

TEST_F(types_inside, only_a_later_row_has_one) {
    using row = std::tuple<std::tuple<int, std::optional<hue>>>;
    const auto rows =
        run(connection_.fetch<row>("select case n when 1 then null else row(n, case n when 3 then 'red'::inside.hue "
                                   "end) end from generate_series(2, 3) n order by n"));
    ASSERT_TRUE(rows) << rows.error();
    EXPECT_EQ(rows.value(), (std::vector<row>{{{2, std::nullopt}}, {{3, hue::red}}}));
}

TEST_F(types_inside, a_rowset_reads_and_prints_them) {
    const auto rows = run(connection_.fetch("select row(1, row('blue'::inside.hue, 5::inside.small)) as r, "
                                            "array[row(2, 'red'::inside.hue)] as many"))
                          .value();
    EXPECT_EQ((rows[0][0].as<std::tuple<int, std::tuple<hue, int>>>().value()), std::tuple(1, std::tuple(hue::blue, 5)));
    EXPECT_EQ((rows[0][1].as<std::vector<std::tuple<int, hue>>>().value()), (std::vector{std::tuple(2, hue::red)}));
    EXPECT_EQ(to_text(rows[0][0]).value(), "(1,\"(blue,5)\")");
    EXPECT_EQ(to_text(rows[0][1]).value(), "{\"(2,red)\"}");
    EXPECT_EQ(boost::json::serialize(pgcoro::to_json(rows).value()),
              R"json([{"r":"(1,\"(blue,5)\")","many":["(2,red)"]}])json");
    std::ostringstream table;
    table << rows;
    EXPECT_NE(table.str().find("(1,\"(blue,5)\") | {\"(2,red)\"}"), std::string::npos) << table.str();
}

TEST_F(types_inside, a_batch_reads_them) {
    const auto r = run(connection_.batch(pgcoro::fetch_one<std::tuple<std::tuple<hue>>>("select row('red'::inside.hue)"),
                                         pgcoro::fetch("select row('blue'::inside.hue)")));
    ASSERT_TRUE(r) << r.error();
    EXPECT_EQ(std::get<0>(std::get<0>(r.value())), std::tuple(hue::red));
    EXPECT_EQ(to_text(std::get<1>(r.value())[0][0]).value(), "(blue)");
}

TEST_F(types_inside, a_rowset_sees_an_attribute_that_a_known_type_has_got) {
    ASSERT_TRUE(run(connection_.fetch("select row(1, 'red')::inside.pixel")));
    judge_.value("create type inside.late as enum ('x', 'y')");
    judge_.value("alter type inside.pixel add attribute z inside.late");
    const auto rows =
        run(connection_.fetch("select row(1, 'red', 'y')::inside.pixel, array[row(2, 'red', 'x')::inside.pixel]")).value();
    EXPECT_EQ(to_text(rows[0][0]).value(), "(1,red,y)");
    EXPECT_EQ(to_text(rows[0][1]).value(), "{\"(2,red,x)\"}");
}

TEST_F(types_inside, names_from_the_information_schema) {
    using names = std::vector<std::string>;
    const std::string from = " from information_schema.columns where table_schema = 'pg_catalog' and table_name = 'pg_am' and "
                             "ordinal_position < 3";
    EXPECT_EQ(one<names>("array_agg(column_name order by ordinal_position)" + from), (names{"oid", "amname"}));
    EXPECT_EQ(one<names>("array_agg(is_nullable)" + from), (names{"NO", "NO"}));
    using record = std::tuple<std::string, std::string, int>;
    EXPECT_EQ(one<record>("row(column_name, is_nullable, ordinal_position)" + from + " limit 1"), record("oid", "NO", 1));
    const auto rows =
        run(connection_.fetch(unchecked_sql("select array_agg(column_name order by ordinal_position)" + from))).value();
    EXPECT_EQ(to_text(rows[0][0]).value(), "{oid,amname}");
    EXPECT_EQ(rows.columns()[0].type_name(), "information_schema.sql_identifier[]");
}

TEST_F(types_inside, rows_of_the_catalogues) {
    judge_.value("create table inside.t (n int)");
    for (const std::string from :
         {"pg_class t where oid = 'inside.t'::regclass", "pg_cast t where castsource = 23 and casttarget = 20",
          "pg_attribute t where attrelid = 'inside.t'::regclass and attnum = 1"}) {
        const auto rows = run(connection_.fetch(unchecked_sql("select t from " + from)));
        ASSERT_TRUE(rows) << rows.error();
        EXPECT_EQ(to_text(rows.value()[0][0]).value(), judge_.value("select t from " + from));
    }
    using cast = std::tuple<pgcoro::object_id, pgcoro::object_id, pgcoro::object_id, pgcoro::object_id, char, char>;
    EXPECT_EQ(std::get<1>(one<cast>("t from pg_cast t where castsource = 23 and casttarget = 20")).value, 23u);
}

TEST_F(types_inside, a_type_of_the_information_schema_goes_by_name) {
    const identifier sent{"abc"};
    EXPECT_EQ(type_of(sent), "information_schema.sql_identifier");
    EXPECT_EQ(one<identifier>("'abc'::information_schema.sql_identifier").text, "abc");
    EXPECT_EQ(one<std::vector<identifier>>("array['abc'::information_schema.sql_identifier]").at(0).text, "abc");
}

TEST_F(types_inside, a_column_of_a_domain_is_read_by_the_domains_name) {
    EXPECT_EQ(one<identifier>("'abc'::information_schema.sql_identifier").text, "abc");
}

TEST_F(types_inside, a_domain_over_a_composite_is_sent_and_read) {
    const checked_pixel p{7, hue::blue};
    EXPECT_EQ(type_of(p), "inside.checked");
    EXPECT_EQ(printed(p), "(7,blue)");
    const checked_pixel bad{-1, hue::blue};
    EXPECT_EQ(error_of(run(connection_.execute("select $1", bad))), pgcoro::sqlstate::check_violation);
    const std::vector<checked_pixel> both{p, p};
    EXPECT_EQ(printed(both), "{\"(7,blue)\",\"(7,blue)\"}");
}

TEST_F(types_inside, a_column_of_a_domain_over_a_composite_is_read) {
    EXPECT_EQ(one<checked_pixel>("row(7, 'blue')::inside.checked"), (checked_pixel{7, hue::blue}));
    EXPECT_EQ(one<std::vector<checked_pixel>>("array[row(7, 'blue')::inside.checked]").at(0), (checked_pixel{7, hue::blue}));
    EXPECT_EQ(std::get<0>(one<std::tuple<checked_pixel>>("row(row(7, 'blue')::inside.checked)")),
              (checked_pixel{7, hue::blue}));
    EXPECT_EQ(one<pixel>("row(7, 'blue')::inside.checked"), (pixel{7, hue::blue}));
}

TEST_F(types_inside, a_rowset_reads_a_domain_over_a_composite) {
    const auto rows = run(connection_.fetch("select row(7, 'blue')::inside.checked")).value();
    EXPECT_EQ(rows[0][0].as<checked_pixel>().value(), (checked_pixel{7, hue::blue}));
}

TEST_F(types_inside, an_added_attribute_is_an_error_that_names_it) {
    const pixel p{1, hue::red};
    ASSERT_EQ(run(connection_.fetch_one<pixel>("select $1", p)).value(), p);
    judge_.value("alter type inside.pixel add attribute depth int");
    const auto read_back = run(connection_.fetch_one<pixel>("select row(1, 'red', 3)::inside.pixel as p"));
    EXPECT_EQ(error_of(read_back), errc::attribute_mismatch);
    EXPECT_EQ(error_of(read_back).message(),
              "column 1 \"p\" (inside.pixel) in row 1 cannot be read into shop::pixel: inside.pixel has "
              "3 attributes (x int4, colour inside.hue, depth int4), shop::pixel has 2");
    const auto sent = run(connection_.execute("select $1::inside.pixel", p));
    EXPECT_EQ(error_of(sent), errc::attribute_mismatch);
    EXPECT_EQ(error_of(sent).message(),
              "the composite type \"inside.pixel\" has 3 attributes (x int4, colour inside.hue, depth int4), "
              "but the value has 2");
}

TEST_F(types_inside, a_program_that_knows_the_added_attribute_reads_and_sends_it) {
    const pixel before{1, hue::red};
    ASSERT_EQ(run(connection_.fetch_one<pixel>("select $1", before)).value(), before);
    judge_.value("alter type inside.pixel add attribute depth int");
    const deep_pixel after{1, hue::red, 5};
    EXPECT_EQ(one<deep_pixel>("row(1, 'red', 5)::inside.pixel"), after);
    EXPECT_EQ(printed(after), "(1,red,5)");
    judge_.value("alter type inside.pixel drop attribute depth");
    EXPECT_EQ(one<pixel>("row(1, 'red')::inside.pixel"), before);
    EXPECT_EQ(printed(before), "(1,red)");
}

TEST_F(types_inside, an_attribute_of_another_type_is_named) {
    judge_.value("drop type inside.pixel cascade");
    judge_.value("create type inside.pixel as (x text, colour inside.hue)");
    const auto r = run(connection_.fetch_one<std::vector<pixel>>("select array[row('a', 'red')::inside.pixel] as many"));
    EXPECT_EQ(error_of(r), errc::attribute_mismatch);
    EXPECT_EQ(error_of(r).message(),
              "column 1 \"many\" (inside.pixel[]) in row 1 cannot be read into std::vector<shop::pixel>: attribute "
              "1 (x) of inside.pixel is text, which std::int32_t cannot hold");
}

} // namespace
