// SPDX-License-Identifier: BSL-1.0
// What becomes of the values of MariaDB.
#include "mariadb/value_converter.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace migrate::mariadb {
namespace {

using namespace std::string_literals;

converted convert_once(value_converter& by, std::string_view value) { return by.convert(value); }

/// "sent", or "sent|canonical" if they differ, or "! reason".
std::string shown(conversion how, std::string_view value, const std::string& type = "text",
                  invalid_text invalid = invalid_text::fail) {
    value_converter converter(how, parse_type(type), invalid);
    const converted made = convert_once(converter, value);
    if (const auto* bad = std::get_if<defect>(&made)) {
        return "! " + bad->reason;
    }
    const auto& text = std::get<converted_text>(made);
    const std::string sent(text.sent);
    return text.sent == text.canonical ? sent : sent + "|" + std::string(text.canonical);
}

bool is_zero_date(conversion how, std::string_view value) {
    value_converter converter(how, parse_type("date"), invalid_text::fail);
    const converted made = converter.convert(value);
    const auto* bad = std::get_if<defect>(&made);
    return bad && bad->is_zero_date;
}

TEST(mariadb_value, loses_the_zeros_that_fill_it_up) {
    EXPECT_EQ(shown(conversion::without_zeros, "00042"), "42");
    EXPECT_EQ(shown(conversion::without_zeros, "0000"), "0");
    EXPECT_EQ(shown(conversion::without_zeros, "0000.50"), "0.50");
    EXPECT_EQ(shown(conversion::without_zeros, "-7"), "-7");
}

TEST(mariadb_value, of_a_boolean_is_0_or_1) {
    EXPECT_EQ(shown(conversion::to_boolean, "0"), "f|false");
    EXPECT_EQ(shown(conversion::to_boolean, "1"), "t|true");
    EXPECT_EQ(shown(conversion::to_boolean, "2"), "! is neither 0 nor 1, so it cannot become a boolean");
    EXPECT_EQ(shown(conversion::bits_to_boolean, "\1"), "t|true");
    EXPECT_EQ(shown(conversion::bits_to_boolean, "\0"s), "f|false");
}

TEST(mariadb_value, of_bits_is_a_number_of_bytes) {
    EXPECT_EQ(shown(conversion::bits_to_digits, "\x0a\x05", "bit(12)"), "101000000101");
    EXPECT_EQ(shown(conversion::bits_to_number, "\xff\xff\xff\xff\xff\xff\xff\xff", "bit(64)"), "18446744073709551615");
}

TEST(mariadb_value, of_floating_point_keeps_all_its_digits) {
    value_converter to_double(conversion::to_double, parse_type("double"), invalid_text::fail);
    value_converter to_real(conversion::to_real, parse_type("float"), invalid_text::fail);

    EXPECT_EQ(std::get<double>(to_double.convert("-2.2250738585072014e-308")), -std::numeric_limits<double>::min());
    EXPECT_EQ(std::get<float>(to_real.convert("0.10000000149011612")), 0.1F);
}

/// What a value of that type becomes in double precision, or nothing if it is refused.
std::optional<double> as_double(const std::string& type, std::string_view value) {
    const column_type from = parse_type(type);
    const auto rule = find_conversion(from, parse_target_type("double precision"));
    value_converter converter(rule.value().how, from, invalid_text::fail);
    const converted made = converter.convert(value);
    const auto* number = std::get_if<double>(&made);
    return number ? std::optional(*number) : std::nullopt;
}

TEST(mariadb_value, of_an_integer_becomes_a_double_if_it_is_one) {
    for (const auto& [text, number] : std::initializer_list<std::pair<const char*, double>>{
             {"0", 0}, {"-7", -7}, {"9007199254740992", 9007199254740992.0}, {"1152921504606846976", 0x1p60}}) {
        EXPECT_EQ(as_double("bigint", text), number) << text;
    }
    EXPECT_EQ(as_double("int unsigned zerofill", "0000000042"), 42);
    EXPECT_EQ(as_double("int unsigned zerofill", "0000000000"), 0);
    for (const char* text : {"9007199254740993", "-9007199254740993", "1152921504606847000", "9223372036854775807"}) {
        EXPECT_EQ(as_double("bigint", text), std::nullopt) << text;
    }
}

TEST(mariadb_value, of_a_decimal_becomes_a_double_if_that_shows_the_same_digits) {
    for (const auto& [text, number] :
         std::initializer_list<std::pair<const char*, double>>{{"0.00", 0},
                                                               {"0.10", 0.1},
                                                               {"-1234.50", -1234.5},
                                                               {"0.30000000000000004", 0.1 + 0.2},
                                                               {"100.00", 100},
                                                               {"0.00000000000000000001", 1e-20}}) {
        EXPECT_EQ(as_double("decimal(38,20)", text), number) << text;
    }
    for (const char* text : {"0.10000000000000000001", "9007199254740992.5", "9007199254740993.0", "12345678901234567.89",
                             "0.1000000000000000055511151231257827021"}) {
        EXPECT_EQ(as_double("decimal(65,37)", text), std::nullopt) << text;
    }
    const std::string most = std::string(65, '9');
    EXPECT_EQ(as_double("decimal(65,0)", most), std::nullopt);
    EXPECT_EQ(as_double("decimal(8,2) unsigned zerofill", "000012.50"), 12.5);
}

TEST(mariadb_value, of_a_double_stays_as_it_is) {
    EXPECT_EQ(as_double("double", "1.7976931348623157e308"), std::numeric_limits<double>::max());
    EXPECT_EQ(as_double("double", "1.152921504606847e18"), 0x1p60);
    EXPECT_EQ(as_double("double(20,3)", "0.100"), 0.1);
    EXPECT_EQ(as_double("float", "0.10000000149011612"), 0.10000000149011612);
}

TEST(mariadb_value, of_a_date_must_be_in_the_calendar) {
    EXPECT_EQ(shown(conversion::date, "2024-02-29"), "2024-02-29");
    for (const char* date : {"0000-00-00", "2024-00-10", "2024-10-00", "2023-02-29", "0000-01-01"}) {
        EXPECT_TRUE(is_zero_date(conversion::date, date)) << date;
    }
    EXPECT_TRUE(is_zero_date(conversion::date_time, "0000-00-00 00:00:00.000"));
    EXPECT_TRUE(is_zero_date(conversion::point_in_time, "0000-00-00 00:00:00"));
}

TEST(mariadb_value, of_a_time_is_shown_without_zeros_at_its_end) {
    EXPECT_EQ(shown(conversion::date_time, "2024-02-29 08:00:00.500"), "2024-02-29 08:00:00.5");
    EXPECT_EQ(shown(conversion::date_time, "2024-02-29 08:00:00.000000"), "2024-02-29 08:00:00");
    EXPECT_EQ(shown(conversion::date_time, "2024-02-20 10:20:30"), "2024-02-20 10:20:30");
    EXPECT_EQ(shown(conversion::point_in_time, "2024-02-29 08:00:00.10"), "2024-02-29 08:00:00.1+00");
    EXPECT_EQ(shown(conversion::interval, "-838:59:59.00"), "-838:59:59");
}

TEST(mariadb_value, of_24_hours_is_no_time_of_day) {
    EXPECT_EQ(shown(conversion::time_of_day, "23:59:59.90"), "23:59:59.9");
    for (const char* time : {"24:00:00", "-01:00:00", "100:00:00"}) {
        EXPECT_EQ(shown(conversion::time_of_day, time), "! is not a time of day") << time;
    }
}

TEST(mariadb_value, that_is_not_utf8_is_refused_or_repaired) {
    EXPECT_EQ(shown(conversion::text, "gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
    EXPECT_EQ(shown(conversion::text, "A\xff"), "! is not valid UTF-8");
    EXPECT_EQ(shown(conversion::text, "A\0B"s), "! has a NUL character, which PostgreSQL's text cannot hold");
    EXPECT_EQ(shown(conversion::text, "A\xff\xc3\0B\xc3\xbc"s, "text", invalid_text::replace),
              "A\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
              "B\xc3\xbc");
}

TEST(mariadb_value, of_an_enum_must_be_one_of_its_labels) {
    EXPECT_EQ(shown(conversion::choice, "b", "enum('a','b')"), "b");
    EXPECT_EQ(shown(conversion::choice, "", "enum('a','b')"), "! is not one of the type's labels");
    EXPECT_EQ(shown(conversion::choice, "", "enum('a','')"), "");
}

TEST(mariadb_value, of_a_set_is_an_array_as_the_server_prints_it) {
    EXPECT_EQ(shown(conversion::choices_to_array, ""), "{}");
    EXPECT_EQ(shown(conversion::choices_to_array, "a,b"), "{a,b}");
    EXPECT_EQ(shown(conversion::choices_to_array, "a b,Null,{x},q\"\\"), R"({"a b","Null","{x}","q\"\\"})");
    EXPECT_EQ(shown(conversion::choices_to_array, "A\xff"), "! is not valid UTF-8");
}

TEST(mariadb_value, of_json_is_compared_as_jsonb_prints_it) {
    EXPECT_EQ(shown(conversion::json, R"( {"bb":1.50e1,"a":[true,null,{}],"c":"\/\u00e4\u0001\n","a":[]} )"),
              R"( {"bb":1.50e1,"a":[true,null,{}],"c":"\/\u00e4\u0001\n","a":[]} |)"
              "{\"a\": [], \"c\": \"/\xc3\xa4\\u0001\\n\", \"bb\": 15.0}");
}

TEST(mariadb_value, of_json_must_be_what_jsonb_accepts) {
    for (const char* json : {R"("\u0000")", R"({"\u0000":1})", R"("\ud83d")", R"("\ud83dx\ude00")", R"("\ude00")", "1e99999",
                             "[1,]", "", "{}x", "01", "'x'"}) {
        EXPECT_TRUE(shown(conversion::json, json).starts_with("! cannot become jsonb: ")) << json;
    }
    EXPECT_EQ(shown(conversion::json, R"("\u0000")"), "! cannot become jsonb: a NUL character");
}

TEST(mariadb_value, of_json_has_numbers_as_numeric_prints_them) {
    for (const auto& [from, to] :
         std::initializer_list<std::pair<const char*, const char*>>{{"0", "0"},
                                                                    {"-0", "0"},
                                                                    {"-0.00", "0.00"},
                                                                    {"0.0e-3", "0.0000"},
                                                                    {"1.10", "1.10"},
                                                                    {"1e2", "100"},
                                                                    {"1.5e3", "1500"},
                                                                    {"1.0e1", "10"},
                                                                    {"1E-2", "0.01"},
                                                                    {"-1.25e+1", "-12.5"},
                                                                    {"0.001", "0.001"},
                                                                    {"120e-1", "12.0"},
                                                                    {"0.5e1", "5"},
                                                                    {"12345678901234567890123", "12345678901234567890123"}}) {
        EXPECT_EQ(shown(conversion::json, from), from == std::string(to) ? to : from + std::string("|") + to);
    }
}

TEST(mariadb_value, of_json_can_be_deep) {
    const std::string deep = std::string(3000, '[') + std::string(3000, ']');

    EXPECT_EQ(shown(conversion::json, deep), deep);
    EXPECT_TRUE(shown(conversion::json, std::string(100000, '[')).starts_with("! cannot become jsonb: "));
}

TEST(mariadb_value, of_bytes_is_hexadecimal) {
    EXPECT_EQ(shown(conversion::bytes, "\0\xff"s), "\\x00ff");
    EXPECT_EQ(shown(conversion::bytes, ""), "\\x");
    EXPECT_EQ(shown(conversion::bytes_to_uuid, "0123456789abcdef"), "30313233-3435-3637-3839-616263646566");
    EXPECT_EQ(shown(conversion::bytes_to_uuid, "0"), "! has not the 16 bytes of a UUID");
}

TEST(mariadb_value, of_an_address_has_its_mask_as_text) {
    EXPECT_EQ(shown(conversion::address, "192.0.2.1"), "192.0.2.1|192.0.2.1/32");
    EXPECT_EQ(shown(conversion::address, "2001:db8::1"), "2001:db8::1|2001:db8::1/128");
}

} // namespace
} // namespace migrate::mariadb
