// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/to_json.hpp>
#include <pgcoro/types/array.hpp>
#include <pgcoro/types/boost_json.hpp>
#include <pgcoro/types/multiprecision.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/src.hpp>

#include <map>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
namespace json = boost::json;
namespace mp = boost::multiprecision;
using pgcoro::errc;
using pgcoro::json_as;
using pgcoro::numeric;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

struct item {
    std::string name;
    std::vector<int> sizes;
    friend bool operator==(const item&, const item&) = default;
};
BOOST_DESCRIBE_STRUCT(item, (), (name, sizes))

TEST(boost_json, is_text_behind_a_version) {
    expect_bytes(json::value{{"a", {1, nullptr, "x"}}}, "\1{\"a\":[1,null,\"x\"]}");
    expect_bytes(json::value(nullptr), "\1null");
    EXPECT_EQ(decode<json::value>(oids::json, " [1] "), json::value(json::array{1}));
    EXPECT_FALSE(pg_type<json::value>::accepts(oids::text));
}

TEST(boost_json, long_documents_are_sent_whole) {
    const json::value document(std::string(5000, 'x'));
    EXPECT_EQ(encode(document).bytes, "\1\"" + std::string(5000, 'x') + "\"");
}

/// An array whose element is a domain over arrays, and so on.
std::string nested_arrays(int levels, pgcoro::oid_number domain) {
    std::string array = big_endian(0) + big_endian(0) + big_endian(std::uint32_t{oids::int4});
    for (; levels > 1; --levels) {
        array = big_endian(1) + big_endian(0) + big_endian(domain) + big_endian(1) + big_endian(1) +
                big_endian(static_cast<std::int32_t>(array.size())) + array;
    }
    return array;
}

TEST(to_json, arrays_in_arrays_end_somewhere) {
    pgcoro::detail::user_type list;
    list.oid = 16400;
    list.base = oids::int4_array;
    list.kind = 'd';
    const pgcoro::detail::type_catalogue types({}, {list});
    const auto failure = [&](int levels) {
        const auto bytes = nested_arrays(levels, list.oid);
        json::value value;
        return pgcoro::detail::json_of(oids::int4_array, as_value(bytes), types, pgcoro::detail::most_nested, value);
    };
    EXPECT_EQ(failure(2), errc{});
    EXPECT_EQ(failure(16), errc{});
    EXPECT_EQ(failure(60), errc::value_out_of_range);
}

TEST(boost_json, text_that_is_no_json_is_malformed) {
    for (const std::string text : {"", "{", "[1,]", "1 2", "nul", "\"\xff\""}) {
        EXPECT_EQ(decode_failure<json::value>(oids::json, text), errc::malformed_value) << text;
        EXPECT_EQ(decode_failure<json::value>(oids::jsonb, "\1" + text), errc::malformed_value) << text;
        EXPECT_EQ(decode_failure<json_as<int>>(oids::jsonb, "\1" + text), errc::malformed_value) << text;
    }
    EXPECT_EQ(decode_failure<json::value>(oids::jsonb, ""), errc::malformed_value);
    EXPECT_EQ(decode_failure<json::value>(oids::jsonb, "\2{}"), errc::malformed_value);
}

TEST(boost_json, nesting_and_numbers_have_limits) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(decode_failure<json::value>(oids::json, nested(1000)), errc{});
    EXPECT_EQ(decode_failure<json::value>(oids::json, nested(1001)), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<json::value>(oids::json, nested(100000)), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<json::value>(oids::json, "[1.7e308, -1.7e308, {\"a\": 1e-999}]"), errc{});
    for (const std::string text : {"1e99999999999", "1e309", "[-1e309]", "{\"a\": [{\"b\": 1e400}]}"}) {
        EXPECT_EQ(decode_failure<json::value>(oids::json, text), errc::value_out_of_range) << text;
    }
}

TEST(json_as, is_what_boost_json_makes_of_it) {
    expect_bytes(json_as(item{"cup", {1, 2}}), "\1{\"name\":\"cup\",\"sizes\":[1,2]}");
    expect_bytes(json_as(std::map<std::string, int>{{"a", 1}}), "\1{\"a\":1}");
}

TEST(json_as, document_of_another_shape_is_out_of_range) {
    for (const std::string text : {"1", "{}", "{\"name\":1,\"sizes\":[]}", "{\"name\":\"\",\"sizes\":[1e30]}"}) {
        EXPECT_EQ(decode_failure<json_as<item>>(oids::json, text), errc::value_out_of_range) << text;
    }
    EXPECT_EQ(decode_failure<json_as<std::uint8_t>>(oids::json, "256"), errc::value_out_of_range);
}

template <class T>
std::string through_numeric(const std::string& text) {
    const std::string bytes = encode(numeric::parse(text).value()).bytes;
    const auto value = decode<T>(oids::numeric, bytes);
    return to_string(decode<numeric>(oids::numeric, encode(value).bytes));
}

template <class T>
errc failure_from_numeric(const std::string& text) {
    return decode_failure<T>(oids::numeric, encode(numeric::parse(text).value()).bytes);
}

TEST(multiprecision, integers_of_any_size_survive_the_round_trip) {
    const std::string many(1000, '7');
    for (const std::string text : {"0", "-1", "10000", "-340282366920938463463374607431768211456"}) {
        EXPECT_EQ(through_numeric<mp::cpp_int>(text), text);
    }
    EXPECT_EQ(through_numeric<mp::cpp_int>(many), many);
    EXPECT_EQ(through_numeric<mp::cpp_int>("12.000"), "12");
    EXPECT_EQ(through_numeric<mp::uint128_t>("340282366920938463463374607431768211455"),
              "340282366920938463463374607431768211455");
    EXPECT_EQ(through_numeric<mp::int128_t>("-340282366920938463463374607431768211455"),
              "-340282366920938463463374607431768211455");
    EXPECT_EQ(decode<mp::cpp_int>(oids::int4, big_endian(-5)), -5);
}

TEST(multiprecision, what_an_integer_cannot_hold_is_out_of_range) {
    EXPECT_EQ(failure_from_numeric<mp::cpp_int>("0.5"), errc::value_out_of_range);
    EXPECT_EQ(failure_from_numeric<mp::cpp_int>("NaN"), errc::value_out_of_range);
    EXPECT_EQ(failure_from_numeric<mp::cpp_int>("Infinity"), errc::value_out_of_range);
    EXPECT_EQ(failure_from_numeric<mp::uint128_t>("-1"), errc::value_out_of_range);
    EXPECT_EQ(failure_from_numeric<mp::uint128_t>("340282366920938463463374607431768211456"), errc::value_out_of_range);
    EXPECT_EQ(failure_from_numeric<mp::int128_t>("-340282366920938463463374607431768211456"), errc::value_out_of_range);
    EXPECT_EQ(encode(mp::cpp_int(mp::pow(mp::cpp_int(10), 131071))).failure, errc{});
    EXPECT_EQ(encode(mp::cpp_int(mp::pow(mp::cpp_int(10), 131072))).failure, errc::value_out_of_range);
}

TEST(multiprecision, decimals_survive_the_round_trip) {
    const std::string fifty_digits = "-1234567890123456789012345.6789012345678901234567891";
    EXPECT_EQ(through_numeric<mp::cpp_dec_float_50>(fifty_digits), fifty_digits);
    EXPECT_EQ(through_numeric<mp::cpp_dec_float_50>("0.10"), "0.1");
    for (const std::string text : {"0", "-1", "NaN", "Infinity", "-Infinity"}) {
        EXPECT_EQ(through_numeric<mp::cpp_dec_float_50>(text), text);
    }
    EXPECT_EQ(numeric::parse(through_numeric<mp::cpp_dec_float_50>("1e1000")).value(), numeric::parse("1e1000").value());
}

TEST(multiprecision, more_digits_than_a_decimal_has_are_out_of_range) {
    EXPECT_EQ(failure_from_numeric<mp::cpp_dec_float_50>("1" + std::string(49, '0') + ".1"), errc::value_out_of_range);
    EXPECT_EQ(encode(mp::cpp_dec_float_50("1e200000")).failure, errc::value_out_of_range);
}

TEST(multiprecision, another_number_of_bytes_is_malformed) {
    const std::string bytes = encode(numeric(123456)).bytes;
    expect_only_whole<mp::cpp_int>(oids::numeric, bytes);
    expect_only_whole<mp::cpp_dec_float_50>(oids::numeric, bytes);
}

} // namespace
