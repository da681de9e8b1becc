// SPDX-License-Identifier: BSL-1.0
// Values to the server and back, for every type. The judge is the server: what it prints a parameter as, and what it says two
// values are.
#include "types_fixture.hpp"

#include <boost/uuid/string_generator.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono;
using pgcoro::errc;
using types = pgcoro::test::types_fixture;

template <class T>
using limits = std::numeric_limits<T>;

TEST_F(types, booleans) {
    expect_same_everywhere(true, "true", "boolean");
    expect_same(false, "false", "boolean");
}

TEST_F(types, integers) {
    expect_same(limits<std::int8_t>::min(), "-128", "smallint");
    expect_same(limits<std::uint8_t>::max(), "255", "smallint");
    expect_same_everywhere(limits<std::int16_t>::min(), "-32768", "smallint");
    expect_same(limits<std::uint16_t>::max(), "65535", "integer");
    expect_same_everywhere(limits<std::int32_t>::min(), "-2147483648", "integer");
    expect_same(limits<std::uint32_t>::max(), "4294967295", "bigint");
    expect_same_everywhere(limits<std::int64_t>::min(), "-9223372036854775808", "bigint");
    expect_same(std::uint64_t{1} << 62, "4611686018427387904", "bigint");
    EXPECT_EQ(read<std::uint32_t>("4294967295::oid").value(), 4294967295u);
}

TEST_F(types, floating_point_numbers) {
    expect_same(0.1f, "0.1", "real");
    expect_same(0.1, "0.1", "double precision");
    expect_same(-limits<double>::infinity(), "-Infinity", "double precision");
    expect_same(limits<double>::denorm_min(), "5e-324", "double precision");
    EXPECT_EQ(printed(limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(read<double>("0.5::real").value(), 0.5);
}

TEST_F(types, text) {
    EXPECT_EQ(printed(std::string("gr\xc3\xbc\xc3\x9f'\"\\\n")), "gr\xc3\xbc\xc3\x9f'\"\\\n");
    for (const std::string type : {"text", "varchar", "varchar(5)", "char(1)", "name", "\"char\"", "json", "jsonb"}) {
        EXPECT_EQ(read<std::string>("'1'::" + type).value(), "1") << type;
    }
    EXPECT_EQ(read<std::string>("'<a/>'::xml").value(), "<a/>");
    EXPECT_EQ(read<std::string>("'unknown'").value(), "unknown");
    EXPECT_EQ(read<std::string>("''::\"char\"").value(), "");
    for (const std::string type : {"text", "varchar", "varchar(5)", "char(3)", "name"}) {
        expect_text_everywhere("a b", type);
    }
    expect_text_everywhere("<a/>", "xml");
    expect_text_everywhere("[1]", "json");
    expect_text_everywhere("c", "\"char\"");
}

TEST_F(types, text_becomes_what_the_statement_needs) {
    EXPECT_EQ(printed("2024-02-29", "::date"), "2024-02-29");
    EXPECT_EQ(printed("12.50", "::numeric"), "12.50");
    EXPECT_EQ(printed("{1,2}", "::int[]"), "{1,2}");
    EXPECT_EQ(printed("00000000-0000-0000-0000-000000000001", "::uuid"), "00000000-0000-0000-0000-000000000001");
}

TEST_F(types, bytes) {
    const std::vector<std::byte> bytes{std::byte{0}, std::byte{255}, std::byte{'\\'}};
    expect_same_everywhere(bytes, "\\x00ff5c", "bytea");
    expect_same(std::vector<std::byte>(), "\\x", "bytea");
    EXPECT_EQ(printed(std::span<const std::byte>(bytes)), "\\x00ff5c");
}

TEST_F(types, uuids) {
    const std::string text = "01234567-89ab-cdef-0123-456789abcdef";
    expect_same_everywhere(boost::uuids::string_generator()(text), text, "uuid");
}

TEST_F(types, dates) {
    expect_same_everywhere(sys_days(2024y / February / 29), "2024-02-29", "date");
    expect_same(sys_days(1999y / December / 31), "1999-12-31", "date");
    expect_same_everywhere(2000y / January / 1, "2000-01-01", "date");
    expect_same(-4713y / November / 24, "4714-11-24 BC", "date");
    expect_same(0y / January / 1, "0001-01-01 BC", "date");
    expect_same(32767y / December / 31, "32767-12-31", "date");
    EXPECT_EQ(printed(read<sys_days>("'5874897-12-31'::date").value()), "5874897-12-31");
    EXPECT_TRUE(read<sys_days>("'infinity'::date").error() == errc::value_out_of_range);
    EXPECT_TRUE(read<year_month_day>("'-infinity'::date").error() == errc::value_out_of_range);
}

TEST_F(types, timestamps) {
    const auto moment = 2024y / February / 29;
    expect_same_everywhere(sys_time<microseconds>(sys_days(moment) + 1h + 2us), "2024-02-29 01:00:00.000002+00",
                           "timestamp with time zone");
    expect_same_everywhere(local_time<microseconds>(local_days(moment) + 1h + 2us), "2024-02-29 01:00:00.000002",
                           "timestamp without time zone");
    expect_same(sys_time<microseconds>(sys_days(1969y / July / 20) + 20h), "1969-07-20 20:00:00+00",
                "timestamp with time zone");
    expect_same(sys_time<nanoseconds>(sys_days(moment) + 5000ns), "2024-02-29 00:00:00.000005+00", "timestamp with time zone");
    EXPECT_EQ(printed(sys_seconds(sys_days(moment) + 1s)), "2024-02-29 00:00:01+00");
    EXPECT_EQ(printed(sys_time<microseconds>(sys_days(-4713y / November / 24))), "4714-11-24 00:00:00+00 BC");
    EXPECT_TRUE(read<sys_time<microseconds>>("'infinity'::timestamptz").error() == errc::value_out_of_range);
    EXPECT_TRUE(read<local_time<microseconds>>("'-infinity'::timestamp").error() == errc::value_out_of_range);
}

TEST_F(types, json_documents) {
    expect_same_everywhere(pgcoro::json(R"({"a": [1, null]})"), R"({"a": [1, null]})", "jsonb");
    EXPECT_EQ(read<pgcoro::json>("'{\"a\":1}'::json").value().text, R"({"a":1})");
}

TEST_F(types, nulls) {
    EXPECT_EQ(type_of(std::optional<std::int64_t>()), "bigint");
    EXPECT_EQ(read<std::optional<std::int64_t>>("null::int8").value(), std::nullopt);
    EXPECT_TRUE(read<std::int64_t>("null::int8").error() == errc::unexpected_null);
}

TEST_F(types, arrays) {
    using optional_strings = std::vector<std::optional<std::string>>;
    expect_same(std::vector<bool>{true, false}, "{t,f}", "boolean[]");
    expect_same(std::vector<std::int16_t>{1, -1}, "{1,-1}", "smallint[]");
    expect_same(std::vector<std::int32_t>{}, "{}", "integer[]");
    expect_same(std::vector<std::int64_t>{1, 2, 3}, "{1,2,3}", "bigint[]");
    expect_same(std::vector<float>{0.5f}, "{0.5}", "real[]");
    expect_same(std::vector<double>{0.1}, "{0.1}", "double precision[]");
    expect_same(std::vector<std::string>{"", "a,b", "\"", "NULL"}, R"({"","a,b","\"","NULL"})", "text[]");
    expect_same(optional_strings{std::nullopt, "NULL"}, R"({NULL,"NULL"})", "text[]");
    expect_same(std::vector<std::vector<std::byte>>{{std::byte{1}}, {}}, R"({"\\x01","\\x"})", "bytea[]");
    expect_same(std::vector<boost::uuids::uuid>{{}}, "{00000000-0000-0000-0000-000000000000}", "uuid[]");
    expect_same(std::vector<sys_days>{sys_days(2024y / May / 1)}, "{2024-05-01}", "date[]");
    expect_same(std::vector<sys_time<microseconds>>{sys_days(2024y / May / 1)}, R"({"2024-05-01 00:00:00+00"})",
                "timestamp with time zone[]");
    expect_same(std::vector<local_time<microseconds>>{local_days(2024y / May / 1)}, R"({"2024-05-01 00:00:00"})",
                "timestamp without time zone[]");
    expect_same(std::vector<pgcoro::json>{pgcoro::json("{}")}, "{\"{}\"}", "jsonb[]");
    EXPECT_EQ(printed(std::vector<std::string>{"2024-05-01"}, "::date[]"), "{2024-05-01}");
    EXPECT_TRUE(read<std::vector<std::int32_t>>("array[[1],[2]]").error() == errc::value_out_of_range);
}

TEST_F(types, built_in_oids_are_the_catalogue_s) {
    struct type {
        pgcoro::oid_number oid;
        std::string name;
        pgcoro::oid_number array;
    };
    const auto catalogue = run(connection_.fetch<type>(
        "select oid, typname::text, typarray from pg_type where typarray <> 0 and oid < 10000 and typtype = 'b'"));
    ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message();
    int known = 0;
    for (const auto& t : catalogue.assume_value()) {
        if (pgcoro::array_element(t.array) != pgcoro::oids::unspecified) {
            ++known;
            EXPECT_EQ(pgcoro::array_element(t.array), t.oid) << t.name;
            EXPECT_EQ(pgcoro::type_name(t.oid), t.name == "char" ? "\"char\"" : t.name);
        } else {
            EXPECT_EQ(pgcoro::type_name(t.oid), "type " + std::to_string(t.oid)) << t.name;
        }
    }
    EXPECT_GE(known, 20);
}

TEST_F(types, quoted_text_means_itself) {
    for (const std::string text : {"it's", "C:\\", "\\'", "\"", "$1", "--", "/*", "a\nb", "\xe2\x82\xac"}) {
        EXPECT_EQ(read<std::string>(pgcoro::quote_literal(text).value()).value(), text);
        const auto named =
            run(connection_.fetch(pgcoro::unchecked_sql("select 1 as " + pgcoro::quote_identifier(text).value())));
        ASSERT_TRUE(named.has_value()) << named.error().message();
        EXPECT_EQ(named.assume_value().columns()[0].name(), text);
    }
}

} // namespace
