// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "array_bytes.hpp"
#include "codec.hpp"

#include <pgcoro/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

using ints = std::vector<std::int32_t>;
using optional_ints = std::vector<std::optional<std::int32_t>>;
using strings = std::vector<std::string>;

const std::string one_two = header(1, 0, oids::int4) + dimension(2) + element(big_endian(1)) + element(big_endian(2));

TEST(array, is_header_dimension_elements) {
    EXPECT_EQ(encode(ints{1, 2}).bytes, one_two);
    EXPECT_EQ(decode<ints>(oids::int4_array, one_two), (ints{1, 2}));
    EXPECT_EQ(pg_type<ints>::oid, oids::int4_array);
}

TEST(array, empty_one_has_no_dimension) {
    EXPECT_EQ(encode(ints{}).bytes, header(0, 0, oids::int4));
    EXPECT_TRUE(decode<ints>(oids::int4_array, header(0, 0, oids::int4)).empty());
}

TEST(array, null_elements_need_optional) {
    const std::string bytes = header(1, 1, oids::int4) + dimension(2) + null_element + element(big_endian(2));
    const optional_ints value{std::nullopt, 2};
    EXPECT_EQ(encode(value).bytes, bytes);
    EXPECT_EQ(decode<optional_ints>(oids::int4_array, bytes), value);
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, bytes), errc::unexpected_null);
}

template <class T>
void expect_round_trip(pgcoro::oid_number type, const std::vector<T>& value) {
    EXPECT_EQ(pg_type<std::vector<T>>::oid, type);
    EXPECT_EQ(decode<std::vector<T>>(type, encode(value).bytes), value);
}

TEST(array, every_type_has_one) {
    using namespace std::chrono;
    expect_round_trip<bool>(oids::bool_array, {true, false, true});
    expect_round_trip<std::int16_t>(oids::int2_array, {-1, 2});
    expect_round_trip<std::int64_t>(oids::int8_array, {-1, 2});
    expect_round_trip<std::uint64_t>(oids::int8_array, {1, 2});
    expect_round_trip<float>(oids::float4_array, {0.5f});
    expect_round_trip<double>(oids::float8_array, {0.5, -0.5});
    expect_round_trip<std::string>(oids::text_array, {"", "a", "{\"b\",NULL}"});
    expect_round_trip<std::vector<std::byte>>(oids::bytea_array, {{}, {std::byte{0}, std::byte{1}}});
    expect_round_trip<boost::uuids::uuid>(oids::uuid_array, {boost::uuids::uuid{}});
    expect_round_trip<sys_days>(oids::date_array, {2024y / May / 1});
    expect_round_trip<year_month_day>(oids::date_array, {2024y / May / 1});
    expect_round_trip<local_time<microseconds>>(oids::timestamp_array, {local_days(2024y / May / 1) + 1us});
    expect_round_trip<sys_time<microseconds>>(oids::timestamptz_array, {sys_days(2024y / May / 1) + 1us});
    expect_round_trip<pgcoro::json>(oids::jsonb_array, {pgcoro::json("{}"), pgcoro::json("1")});
}

TEST(array, span_and_views_can_be_sent) {
    const ints value{1, 2};
    EXPECT_EQ(encode(std::span<const std::int32_t>(value)).bytes, one_two);
    EXPECT_EQ(encode(std::vector<std::string_view>{"a"}).bytes, encode(strings{"a"}).bytes);
}

TEST(array, elements_are_converted_like_columns) {
    EXPECT_EQ(decode<std::vector<std::int64_t>>(oids::int4_array, one_two), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(decode<strings>(oids::varchar_array, header(1, 0, oids::varchar) + dimension(1) + element("a")), strings{"a"});
    const std::string large = header(1, 0, oids::int4) + dimension(1) + element(big_endian(70000));
    EXPECT_EQ(decode_failure<std::vector<std::int16_t>>(oids::int4_array, large), errc::value_out_of_range);
    EXPECT_FALSE(pg_type<ints>::accepts(oids::text_array));
    EXPECT_FALSE(pg_type<ints>::accepts(oids::int4));
}

TEST(array, first_index_other_than_one_is_forgotten) {
    EXPECT_EQ(decode<ints>(oids::int4_array, header(1, 0, oids::int4) + dimension(1, -5) + element(big_endian(1))), ints{1});
}

TEST(array, more_than_one_dimension_is_out_of_range) {
    const std::string square = header(2, 0, oids::int4) + dimension(1) + dimension(1) + element(big_endian(1));
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, square), errc::value_out_of_range);
}

TEST(array, every_truncation_is_malformed) {
    for (std::size_t size = 0; size < one_two.size(); ++size) {
        EXPECT_EQ(decode_failure<ints>(oids::int4_array, std::string_view(one_two).substr(0, size)), errc::malformed_value)
            << size;
    }
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, one_two + "x"), errc::malformed_value);
}

TEST(array, counts_and_lengths_are_not_believed) {
    const std::string start = header(1, 0, oids::int4);
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, start + dimension(0x7fffffff) + element(big_endian(1))),
              errc::malformed_value);
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, start + dimension(-1) + element(big_endian(1))), errc::malformed_value);
    EXPECT_EQ(decode_failure<strings>(oids::text_array, header(1, 0, oids::text) + dimension(1) + big_endian(0x7fffffff) + "a"),
              errc::malformed_value);
    EXPECT_EQ(decode_failure<strings>(oids::text_array, header(1, 0, oids::text) + dimension(1) + big_endian(-2) + "a"),
              errc::malformed_value);
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, header(7, 0, oids::int4)), errc::malformed_value);
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, header(1, 0, oids::text) + dimension(1) + element("abcd")),
              errc::malformed_value)
        << "elements of a type the column's type does not announce";
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, start + dimension(1) + element("abc")), errc::malformed_value);
}

} // namespace
