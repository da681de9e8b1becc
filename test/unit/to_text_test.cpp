// SPDX-License-Identifier: BSL-1.0
// Values as text and tables where no server is needed: bytes that no server sends, and the ways to fail.
#include "fake_result.hpp"

#include <pgcoro/detail/text_form.hpp>
#include <pgcoro/print_table.hpp>
#include <pgcoro/rowset.hpp>
#include <pgcoro/to_text.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::oid_number;
using pgcoro::rowset;
namespace oids = pgcoro::oids;

/// The bytes are copied to the heap, where a sanitizer sees who reads behind them.
errc text_failure(oid_number type, const std::string& bytes) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    std::string text;
    return pgcoro::detail::append_text(type, {reinterpret_cast<const std::byte*>(exact.data()), exact.size()},
                                       pgcoro::detail::built_in_types(), pgcoro::detail::text_style::server, text);
}

std::string text_of(oid_number type, const std::string& bytes, int server_version) {
    std::string text;
    EXPECT_EQ(pgcoro::detail::append_text(type, {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()},
                                          pgcoro::detail::type_catalogue(server_version), pgcoro::detail::text_style::server,
                                          text),
              errc{});
    return text;
}

std::string sized(const std::string& bytes) { return big_endian(static_cast<int>(bytes.size())) + bytes; }

/// int4[] of two elements.
std::string two_numbers() {
    return big_endian(1) + big_endian(0) + big_endian(int{oids::int4}) + big_endian(2) + big_endian(1) + sized(big_endian(7)) +
           sized(big_endian(8));
}

/// A record with a record in it, and so on.
std::string nested_records(int levels) {
    std::string record = big_endian(0);
    for (; levels > 1; --levels) {
        record = big_endian(1) + big_endian(int{oids::record}) + sized(record);
    }
    return record;
}

TEST(to_text, bytes_of_the_wrong_number_are_malformed) {
    for (const auto type : {oids::bool_, oids::int4, oids::float8, oids::date, oids::timestamptz, oids::interval, oids::uuid,
                            oids::numeric, oids::char_, oids::point, oids::inet}) {
        EXPECT_EQ(text_failure(type, ""), errc::malformed_value) << type;
        EXPECT_EQ(text_failure(type, "12345"), errc::malformed_value) << type;
    }
    EXPECT_EQ(text_failure(oids::jsonb, ""), errc::malformed_value);
}

TEST(to_text, a_place_in_the_log_is_padded_as_its_server_does) {
    const auto printed = [](std::uint64_t place, int server_version) {
        return text_of(oids::pg_lsn, big_endian(place), server_version);
    };
    EXPECT_EQ(printed(0x16'0374'd848, 180000), "16/374D848");
    EXPECT_EQ(printed(0x16'0374'd848, 190000), "16/0374D848");
    EXPECT_EQ(printed(0x16'b374'd848, 190000), "16/B374D848");
    EXPECT_EQ(printed(0, 190000), "0/00000000");
}

TEST(to_text, statistics_are_json_where_their_server_prints_json) {
    const auto real = [](double number) { return big_endian(std::bit_cast<std::uint64_t>(number)); };
    const auto column = [](std::int16_t number) { return big_endian(number); };

    const auto distinct = big_endian(0xa352bfa4U) + big_endian(1) + big_endian(2) + real(11) + big_endian(2) + column(1) +
                          column(2) + real(5) + big_endian(3) + column(1) + column(2) + column(-1);
    EXPECT_EQ(text_of(oids::pg_ndistinct, distinct, 180000), R"({"1, 2": 11, "1, 2, -1": 5})");
    EXPECT_EQ(text_of(oids::pg_ndistinct, distinct, 190000),
              R"([{"attributes": [1, 2], "ndistinct": 11}, {"attributes": [1, 2, -1], "ndistinct": 5}])");

    const auto dependencies = big_endian(0xb4549a2cU) + big_endian(1) + big_endian(2) + real(1) + column(2) + column(1) +
                              column(2) + real(0.5) + column(3) + column(1) + column(2) + column(3);
    EXPECT_EQ(text_of(oids::pg_dependencies, dependencies, 180000), R"({"1 => 2": 1.000000, "1, 2 => 3": 0.500000})");
    EXPECT_EQ(text_of(oids::pg_dependencies, dependencies, 190000),
              R"([{"attributes": [1], "dependency": 2, "degree": 1.000000}, )"
              R"({"attributes": [1, 2], "dependency": 3, "degree": 0.500000}])");
}

TEST(to_text, array_that_is_not_whole_is_malformed) {
    const auto whole = two_numbers();
    EXPECT_EQ(text_failure(oids::int4_array, whole), errc{});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(text_failure(oids::int4_array, whole.substr(0, size)), errc::malformed_value) << size;
    }
    EXPECT_EQ(text_failure(oids::int4_array, whole + "x"), errc::malformed_value);
}

TEST(to_text, array_of_more_elements_than_bytes_is_not_looped_over) {
    const auto huge = big_endian(2) + big_endian(0) + big_endian(int{oids::int4}) + big_endian(0x7fffffff) + big_endian(1) +
                      big_endian(0x7fffffff) + big_endian(1);
    EXPECT_EQ(text_failure(oids::int4_array, huge), errc::malformed_value);
}

TEST(to_text, range_and_record_that_are_not_whole_are_malformed) {
    constexpr oid_number int4range = 3904;
    const auto range = '\2' + sized(big_endian(1)) + sized(big_endian(2));
    const auto record = nested_records(2);
    EXPECT_EQ(text_failure(int4range, range), errc{});
    EXPECT_EQ(text_failure(oids::record, record), errc{});
    for (std::size_t size = 0; size < range.size(); ++size) {
        EXPECT_EQ(text_failure(int4range, range.substr(0, size)), errc::malformed_value) << size;
    }
    for (std::size_t size = 0; size < record.size(); ++size) {
        EXPECT_EQ(text_failure(oids::record, record.substr(0, size)), errc::malformed_value) << size;
    }
}

TEST(to_text, records_in_records_end_somewhere) {
    EXPECT_EQ(text_failure(oids::record, nested_records(8)), errc{});
    EXPECT_EQ(text_failure(oids::record, nested_records(60)), errc::value_out_of_range);
}

TEST(to_text, quotes_that_double_with_each_level_end_somewhere) {
    std::string record = big_endian(1) + big_endian(int{oids::text}) + sized(std::string(1000, '"'));
    for (int level = 1; level < 12; ++level) {
        record = big_endian(1) + big_endian(int{oids::record}) + sized(record);
    }
    constexpr std::size_t most = 100'000;
    std::string text;
    const auto failure =
        pgcoro::detail::append_text(oids::record, {reinterpret_cast<const std::byte*>(record.data()), record.size()},
                                    pgcoro::detail::built_in_types(), pgcoro::detail::text_style::server, text, most);
    EXPECT_EQ(failure, errc::value_too_large);
    EXPECT_LT(text.size(), 3 * most);
}

TEST(to_text, numbers_of_few_bytes_and_many_digits_end_somewhere) {
    const std::string number = big_endian(std::int16_t{1}) + big_endian(std::int16_t{32767}) + big_endian(std::int32_t{0}) +
                               big_endian(std::int16_t{1}); // ten bytes for 131 069 digits
    std::string array = big_endian(1) + big_endian(0) + big_endian(int{oids::numeric}) + big_endian(100) + big_endian(1);
    for (int i = 0; i < 100; ++i) {
        array += sized(number);
    }
    std::string text;
    const auto failure =
        pgcoro::detail::append_text(oids::numeric_array, {reinterpret_cast<const std::byte*>(array.data()), array.size()},
                                    pgcoro::detail::built_in_types(), pgcoro::detail::text_style::server, text, 500'000);
    EXPECT_EQ(failure, errc::value_too_large);
    EXPECT_LT(text.size(), 700'000u);
}

TEST(to_text, types_that_are_made_of_each_other_end_somewhere) {
    pgcoro::detail::user_type a, b;
    a.oid = b.base = 16400;
    b.oid = a.base = 16402;
    a.kind = b.kind = 'd';
    a.name = b.name = "ring";
    const pgcoro::detail::type_catalogue types({}, {a, b});
    std::string text;
    const auto failure = pgcoro::detail::append_text(16400, {}, types, pgcoro::detail::text_style::server, text);
    EXPECT_EQ(failure, errc::value_out_of_range);
}

TEST(to_text, unknown_type_shows_its_name_and_bytes) {
    const rowset rows(fake_result({{"a", 16403}}, {{"\x01\xff"}}));
    EXPECT_EQ(to_text(rows[0][0]).value(), "<type 16403 01ff>");
}

TEST(to_text, unknown_type_is_an_error_where_no_text_may_be_made_up) {
    const std::byte bytes[8]{};
    const auto append = [&](pgcoro::oid_number type) {
        std::string text;
        return pgcoro::detail::append_text(type, bytes, pgcoro::detail::built_in_types(),
                                           pgcoro::detail::text_style::known_json, text);
    };
    EXPECT_EQ(append(oids::money), errc::unknown_type);
    EXPECT_EQ(append(16403), errc::unknown_type);
    EXPECT_EQ(append(oids::int8), errc{});
}

TEST(to_text, text_format_is_the_text) {
    const rowset rows(fake_result({{"a", oids::int4, 0}}, {{"42"}}));
    EXPECT_EQ(to_text(rows[0][0]).value(), "42");
}

TEST(to_text, failure_names_the_column) {
    const rowset rows(fake_result({{"a", oids::int4}}, {{"x"}, {std::nullopt}}));
    const auto malformed = to_text(rows[0][0]).error();
    EXPECT_EQ(malformed, errc::malformed_value);
    EXPECT_NE(malformed.message().find("column 1 \"a\" (int4) in row 1"), std::string::npos) << malformed.message();
    EXPECT_TRUE(to_text(rows[1]["a"]).error() == errc::unexpected_null);
    EXPECT_TRUE(to_text(rows[0]["b"]).error() == errc::no_such_column);
    EXPECT_TRUE(to_text(rows[2]["a"]).error() == errc::no_rows);
}

TEST(print_table, shows_control_characters_and_what_cannot_be_read) {
    std::ostringstream out;
    out << rowset(fake_result({{"t", oids::text}, {"n", oids::int4}}, {{"a\x1b[1m\tb", "x"}}));
    EXPECT_NE(out.str().find("a\\x1b[1m\\tb"), std::string::npos) << out.str();
    EXPECT_NE(out.str().find("<"), std::string::npos) << out.str();
    EXPECT_NE(out.str().find("(1 row)\n"), std::string::npos) << out.str();
}

TEST(print_table, without_columns_there_is_only_the_number) {
    std::ostringstream out;
    out << rowset();
    EXPECT_EQ(out.str(), "(0 rows)\n");
}

} // namespace
