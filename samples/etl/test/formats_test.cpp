// SPDX-License-Identifier: BSL-1.0
#include "common/copy_text.hpp"
#include "date_format.hpp"
#include "json_line.hpp"
#include "number_format.hpp"

#include <gtest/gtest.h>

namespace etl {
namespace {

std::string number(std::string_view text, number_format format) { return format.convert(text).value_or("no"); }

TEST(number_format, takes_decimal_comma_and_groups) {
    number_format german;
    german.decimal = ',';
    german.thousands = '.';
    EXPECT_EQ(number("1.234.567,80", german), "1234567.80");
    EXPECT_EQ(number("-1234,5", german), "-1234.5");
    EXPECT_EQ(number("+7", german), "7");
}

TEST(number_format, takes_no_group_of_other_than_three_digits) {
    number_format german;
    german.decimal = ',';
    german.thousands = '.';
    for (const auto* text :
         {"1.5", "1234.567", "1.23.456", ".123", "1.2345", "1.", "1.234.", "1,", ",5", "", "-", "1 ", "x1"}) {
        EXPECT_EQ(number(text, german), "no") << text;
    }
}

TEST(number_format, an_integer_has_no_fraction) {
    number_format integer;
    integer.is_integer = true;
    EXPECT_EQ(number("-12345678901234567890", integer), "-12345678901234567890");
    EXPECT_EQ(number("1.0", integer), "no");
}

std::string date(std::string_view text, std::string_view pattern, bool with_time = false) {
    const auto format = date_format::parse(pattern, with_time);
    return std::get<date_format>(format).convert(text).value_or("no");
}
std::string complaint(std::string_view pattern, bool with_time = false) {
    const auto format = date_format::parse(pattern, with_time);
    const auto* wrong = std::get_if<std::string>(&format);
    return wrong ? *wrong : "none";
}

TEST(date_format, takes_dates_in_any_order) {
    EXPECT_EQ(date("31.12.2026", "DD.MM.YYYY"), "2026-12-31");
    EXPECT_EQ(date("20240229", "YYYYMMDD"), "2024-02-29");
}

TEST(date_format, takes_only_days_that_exist) {
    for (const auto* text : {"29.02.2026", "31.04.2026", "00.01.2026", "01.13.2026", "01.01.0000"}) {
        EXPECT_EQ(date(text, "DD.MM.YYYY"), "no") << text;
    }
}

TEST(date_format, takes_exactly_what_is_declared) {
    for (const auto* text :
         {"1.2.2026", "01.02.26", "01.02.2026 ", " 01.02.2026", "01/02/2026", "-1.02.2026", "01.02.202", ""}) {
        EXPECT_EQ(date(text, "DD.MM.YYYY"), "no") << text;
    }
}

TEST(date_format, takes_times) {
    EXPECT_EQ(date("2026-12-31T23:59:58.123", "YYYY-MM-DD\"T\"HH24:MI:SS.MS", true), "2026-12-31 23:59:58.123000");
    EXPECT_EQ(date("31.12.2026 23:59", "DD.MM.YYYY HH24:MI", true), "2026-12-31 23:59:00.000000");
    EXPECT_EQ(date("31.12.2026 24:00", "DD.MM.YYYY HH24:MI", true), "no");
}

TEST(date_format, tells_what_is_wrong_with_a_pattern) {
    EXPECT_EQ(complaint("DD.MM.YY"), "unknown pattern \"YY\": there are YYYY, MM, DD, HH24, MI, SS, MS and US");
    EXPECT_EQ(complaint("DD.MM"), "the format needs YYYY, MM and DD");
    EXPECT_EQ(complaint("DD.MM.YYYY.DD"), "the format has DD twice");
    EXPECT_EQ(complaint("DD.MM.YYYY HH24"), "a date has no HH24; use the type timestamp");
    EXPECT_EQ(complaint("DD.MM.YYYY\"T", true), "the format has a quote that is not closed");
}

TEST(copy_text, gives_back_every_character) {
    std::string all;
    for (int c = 1; c < 256; ++c) {
        all += static_cast<char>(c);
    }
    std::string line;
    common::append_copy_text(line, all);
    line += '\t';
    common::append_copy_text(line, std::nullopt);
    line += '\t';
    common::append_copy_text(line, "\\N");

    const auto values = common::parse_copy_text(line);

    EXPECT_EQ(line.find('\n'), std::string::npos);
    ASSERT_EQ(values.size(), 3u);
    EXPECT_EQ(values[0], all);
    EXPECT_EQ(values[1], std::nullopt);
    EXPECT_EQ(values[2], "\\N");
}

/// The values of a, b and c: "x|-|z", or "!" and what is wrong.
std::string json(std::string_view line) {
    auto parsed = parse_json_line(line, {"a", "b", "c"});
    if (const auto* wrong = std::get_if<std::string>(&parsed)) {
        return "!" + *wrong;
    }
    std::string text;
    for (const auto& value : std::get<0>(parsed)) {
        text += (text.empty() ? "" : "|") + value.value_or("-");
    }
    return text;
}

TEST(json_line, gives_values_as_text) {
    EXPECT_EQ(json(R"({"a": "x\ny\"\u00e9", "b": true, "c": null})"), "x\ny\"\xC3\xA9|true|-");
    EXPECT_EQ(json(R"({"c": false, "other": 1})"), "-|-|false");
    EXPECT_EQ(json("{}"), "-|-|-");
}

TEST(json_line, keeps_numbers_as_they_are_written) {
    EXPECT_EQ(json(R"({"a": 0.10, "b": 123456789012345678901234567890, "c": -1e3})"),
              "0.10|123456789012345678901234567890|-1e3");
}

TEST(json_line, keeps_arrays_and_objects_as_json) {
    EXPECT_EQ(json(R"({"a": [1, 2.50, "x\"y"], "b": {"k": [], "l": {"m": null}}, "c": [[1], [true, {"a": 5}]]})"),
              R"([1,2.50,"x\"y"]|{"k":[],"l":{"m":null}}|[[1],[true,{"a":5}]])");
}

TEST(json_line, takes_deep_arrays_but_no_endless_ones) {
    const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
    EXPECT_EQ(json("{\"a\": " + nested(900) + "}"), nested(900) + "|-|-");
    EXPECT_TRUE(json("{\"a\": " + nested(100'000) + "}").starts_with("!no JSON: "));
}

TEST(json_line, of_two_members_with_one_name_the_last_counts) {
    EXPECT_EQ(json(R"({"a": 1, "a": "two"})"), "two|-|-");
    EXPECT_EQ(json(R"({"a": 1, "a": null})"), "-|-|-");
}

TEST(json_line, refuses_what_is_no_object) {
    EXPECT_TRUE(json("[1]").starts_with("!no JSON object"));
    EXPECT_TRUE(json("3").starts_with("!no JSON object"));
    EXPECT_TRUE(json(R"({"a": 1)").starts_with("!no JSON: "));
    EXPECT_TRUE(json(R"({"a": 1} x)").starts_with("!no JSON: "));
    EXPECT_TRUE(json("{a: 1}").starts_with("!no JSON: "));
}

} // namespace
} // namespace etl
