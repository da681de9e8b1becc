// SPDX-License-Identifier: BSL-1.0
#include "copy_bytes.hpp"
#include "read_rows.hpp"

#include <pgcoro/detail/copy_encoder.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::detail::byte_buffer;
using pgcoro::detail::copy_encoder;
using pgcoro::detail::result_view;
namespace oids = pgcoro::oids;

struct sensor_reading {
    std::int64_t id;
    std::string sensor;
    std::optional<double> value;
};

std::string bytes_of(const byte_buffer& buffer) { return {reinterpret_cast<const char*>(buffer.data()), buffer.size()}; }

/// The bytes of a row of one value, without the number of columns; or the error.
template <class T>
std::string written(const T& one, pgcoro::oid_number column) {
    const auto columns = fake_result({{"c", column}});
    copy_encoder<std::tuple<T>> encoder(result_view(columns.get()));
    if (const auto failure = encoder.open()) {
        return failure.message();
    }
    byte_buffer out;
    return encoder.append(std::tuple<T>(one), out) ? bytes_of(out).substr(2) : encoder.failure().message();
}

std::string written(const char* one, pgcoro::oid_number column) { return written<const char*>(one, column); }

TEST(copy_encoder, frame_is_a_header_and_a_trailer) {
    byte_buffer out;
    pgcoro::detail::append_copy_header(out);
    pgcoro::detail::append_copy_trailer(out);
    EXPECT_EQ(bytes_of(out), std::string("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\377\377", 21));
}

TEST(copy_encoder, struct_is_written_member_by_member) {
    const auto columns = fake_result({{"id", oids::int8}, {"sensor", oids::varchar}, {"value", oids::float8}});
    copy_encoder<sensor_reading> encoder(result_view(columns.get()));
    ASSERT_FALSE(encoder.open());
    byte_buffer out;

    EXPECT_TRUE(encoder.append({7, "hall", 21.5}, out));
    EXPECT_TRUE(encoder.append({8, "", std::nullopt}, out));

    EXPECT_EQ(bytes_of(out),
              copied_row(3, copied_value(big_endian(std::int64_t{7})) + copied_value("hall") + copied_value(bits(21.5))) +
                  copied_row(3, copied_value(big_endian(std::int64_t{8})) + copied_value("") + copied_null));
    EXPECT_EQ(encoder.rows(), 2U);
}

TEST(copy_encoder, rows_may_be_tuples_pairs_single_values_and_parameters) {
    const std::string bytes = copied_value(big_endian(std::int32_t{5})) + copied_value("five");
    const auto two = fake_result({{"a", oids::int4}, {"b", oids::text}});
    const auto one = fake_result({{"b", oids::text}});
    byte_buffer out;

    copy_encoder<std::tuple<int, const char*>> of_tuples(result_view(two.get()));
    ASSERT_FALSE(of_tuples.open());
    EXPECT_TRUE(of_tuples.append({5, "five"}, out));
    copy_encoder<std::pair<int, std::string_view>> of_pairs(result_view(two.get()));
    ASSERT_FALSE(of_pairs.open());
    EXPECT_TRUE(of_pairs.append({5, "five"}, out));
    copy_encoder<pgcoro::parameters> of_parameters(result_view(two.get()));
    ASSERT_FALSE(of_parameters.open());
    EXPECT_TRUE(of_parameters.append(pgcoro::detail::encode_parameters(5, "five"), out));
    copy_encoder<std::string> of_strings(result_view(one.get()));
    ASSERT_FALSE(of_strings.open());
    EXPECT_TRUE(of_strings.append("five", out));

    EXPECT_EQ(bytes_of(out),
              copied_row(2, bytes) + copied_row(2, bytes) + copied_row(2, bytes) + copied_row(1, copied_value("five")));
}

TEST(copy_encoder, null_can_be_written_in_every_way) {
    EXPECT_EQ(written(std::optional<int>(), oids::int4), copied_null);
    EXPECT_EQ(written(std::optional<int>(), oids::int8), copied_null);
    EXPECT_EQ(written(static_cast<const char*>(nullptr), oids::text), copied_null);
    EXPECT_EQ(written(std::nullopt, oids::uuid), copied_null);
    EXPECT_EQ(written(std::variant<std::monostate, int>(), oids::int4), copied_null);
}

TEST(copy_encoder, numbers_are_widened) {
    EXPECT_EQ(written(std::int16_t{-2}, oids::int4), copied_value(big_endian(std::int32_t{-2})));
    EXPECT_EQ(written(std::int16_t{-2}, oids::int8), copied_value(big_endian(std::int64_t{-2})));
    EXPECT_EQ(written(std::int32_t{-2}, oids::int8), copied_value(big_endian(std::int64_t{-2})));
    EXPECT_EQ(written(std::uint32_t{4'000'000'000}, oids::int8), copied_value(big_endian(std::int64_t{4'000'000'000})));
    EXPECT_EQ(written(0.5F, oids::float8), copied_value(bits(0.5)));
    EXPECT_EQ(written(-3, oids::float8), copied_value(bits(-3)));
    EXPECT_EQ(written(std::int16_t{3}, oids::float4), copied_value(big_endian(std::bit_cast<std::int32_t>(3.0F))));
}

TEST(copy_encoder, integers_are_written_as_numeric) {
    for (const std::int64_t number : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-9999}, std::int64_t{10000},
                                      std::int64_t{120'000'000}, std::int64_t{-1'000'000'010'000}, INT64_MAX, INT64_MIN}) {
        const auto exact = pgcoro::numeric::parse(std::to_string(number)).value();
        EXPECT_EQ(written(number, oids::numeric), written(exact, oids::numeric)) << number;
    }
}

TEST(copy_encoder, text_is_written_into_all_types_that_are_text) {
    for (const auto type : {oids::text, oids::varchar, oids::bpchar, oids::name, oids::json, oids::xml}) {
        EXPECT_EQ(written(std::string("abc"), type), copied_value("abc")) << type;
        EXPECT_EQ(written("abc", type), copied_value("abc")) << type;
    }
    EXPECT_EQ(written(std::string("{}"), oids::jsonb), copied_value("\1{}"));
    EXPECT_EQ(written(pgcoro::json("{}"), oids::jsonb), copied_value("\1{}"));
    EXPECT_EQ(written(pgcoro::json("{}"), oids::json), copied_value("{}"));
}

TEST(copy_encoder, elements_of_arrays_are_converted) {
    const auto array = [](int type, const std::string& elements) {
        return copied_value(big_endian(1) + big_endian(1) + big_endian(type) + big_endian(3) + big_endian(1) + elements);
    };
    const std::vector<std::optional<int>> numbers{1, std::nullopt, -1};
    const std::vector<std::optional<std::string>> texts{"1", std::nullopt, ""};

    EXPECT_EQ(written(numbers, oids::int8_array), array(oids::int8, copied_value(big_endian(std::int64_t{1})) + copied_null +
                                                                        copied_value(big_endian(std::int64_t{-1}))));
    EXPECT_EQ(written(texts, oids::varchar_array), array(oids::varchar, copied_value("1") + copied_null + copied_value("")));
    EXPECT_EQ(written(texts, oids::jsonb_array),
              array(oids::jsonb, copied_value(std::string("\1") + "1") + copied_null + copied_value("\1")));
    EXPECT_EQ(written(std::vector<int>(), oids::int8_array),
              copied_value(big_endian(0) + big_endian(0) + big_endian(int{oids::int8})));
}

TEST(copy_encoder, what_could_lose_something_is_refused_with_both_types) {
    EXPECT_EQ(written(std::int64_t{1}, oids::int4), "column 1 \"c\" (int4) cannot be written from std::int64_t");
    EXPECT_EQ(written(1, oids::int2), "column 1 \"c\" (int2) cannot be written from std::int32_t");
    EXPECT_EQ(written(1, oids::float4), "column 1 \"c\" (float4) cannot be written from std::int32_t");
    EXPECT_EQ(written(1.0, oids::float4), "column 1 \"c\" (float4) cannot be written from double");
    EXPECT_EQ(written(std::int64_t{1}, oids::float8), "column 1 \"c\" (float8) cannot be written from std::int64_t");
    EXPECT_EQ(written(std::string("1"), oids::int4), "column 1 \"c\" (int4) cannot be written from std::string");
    EXPECT_EQ(written("1", oids::date), "column 1 \"c\" (date) cannot be written from a C string");
    EXPECT_EQ(written(1, oids::text), "column 1 \"c\" (text) cannot be written from std::int32_t");
    EXPECT_EQ(written(std::vector<std::int64_t>(), oids::int4_array),
              "column 1 \"c\" (int4[]) cannot be written from std::vector<std::int64_t>");
    EXPECT_EQ(written(std::vector<std::int16_t>(), oids::int2vector),
              "column 1 \"c\" (int2vector) cannot be written from std::vector<std::int16_t>");
    EXPECT_EQ(written(std::variant<int, std::string>(1), oids::int8),
              "column 1 \"c\" (int8) cannot be written from std::string");
}

TEST(copy_encoder, every_alternative_of_a_variant_may_be_converted) {
    using number = std::variant<std::monostate, std::int16_t, int, std::int64_t>;
    EXPECT_EQ(written(number(std::int16_t{1}), oids::int8), copied_value(big_endian(std::int64_t{1})));
    EXPECT_EQ(written(number(2), oids::int8), copied_value(big_endian(std::int64_t{2})));
    EXPECT_EQ(written(number(std::int64_t{3}), oids::int8), copied_value(big_endian(std::int64_t{3})));
}

TEST(copy_encoder, another_number_of_columns_is_an_error_with_both_numbers) {
    const auto columns = fake_result({{"id", oids::int8}});
    copy_encoder<sensor_reading> encoder(result_view(columns.get()));

    const auto failure = encoder.open();

    EXPECT_TRUE(failure == errc::column_count_mismatch);
    EXPECT_EQ(failure.message(), "the COPY has 1 column, the row type has 3");
}

TEST(copy_encoder, value_that_cannot_be_sent_is_an_error_with_its_row_and_leaves_nothing_behind) {
    const auto columns = fake_result({{"id", oids::int8}, {"sensor", oids::text}, {"value", oids::float8}});
    copy_encoder<sensor_reading> encoder(result_view(columns.get()));
    ASSERT_FALSE(encoder.open());
    byte_buffer out;
    EXPECT_TRUE(encoder.append({1, "a", {}}, out));
    const std::string before = bytes_of(out);

    EXPECT_FALSE(encoder.append({2, std::string("a\0b", 3), {}}, out));

    EXPECT_TRUE(encoder.failure() == errc::invalid_text);
    EXPECT_EQ(encoder.failure().message(), "row 2, column 2 \"sensor\" (text): text contains a NUL character or is not UTF-8");
    EXPECT_EQ(bytes_of(out), before);
    EXPECT_EQ(encoder.rows(), 1U);
    EXPECT_TRUE(encoder.append({2, "b", {}}, out));
}

TEST(copy_encoder, values_out_of_range_are_refused_stored_or_not) {
    const std::string message = "row 1, column 1 \"c\" (int8): a value is out of the range of its type";
    EXPECT_EQ(written(UINT64_MAX, oids::int8), message);
    EXPECT_EQ(written(std::variant<std::uint64_t>(UINT64_MAX), oids::int8), message);
    EXPECT_EQ(written(std::chrono::sys_time<std::chrono::microseconds>::min(), oids::timestamptz),
              "row 1, column 1 \"c\" (timestamptz): a value is out of the range of its type");
    EXPECT_EQ(written(std::string("\0", 1), oids::jsonb),
              "row 1, column 1 \"c\" (jsonb): text contains a NUL character or is not UTF-8");
}

TEST(copy_encoder, parameters_are_compared_row_by_row) {
    const auto columns = fake_result({{"a", oids::int8}, {"b", oids::text}});
    copy_encoder<pgcoro::parameters> encoder(result_view(columns.get()));
    ASSERT_FALSE(encoder.open());
    byte_buffer out;
    const auto fails = [&](auto... values) {
        return encoder.append(pgcoro::detail::encode_parameters(values...), out) ? "" : encoder.failure().message();
    };

    EXPECT_EQ(fails(1, nullptr), "");
    EXPECT_EQ(fails(1, 2), "row 2, column 2 \"b\" (text): cannot be written from int4");
    EXPECT_EQ(fails("1", "2"), "row 2, column 1 \"a\" (int8): cannot be written from text");
    EXPECT_EQ(fails(1), "row 2: it has 1 values, the COPY has 2 columns");
    EXPECT_EQ(bytes_of(out), copied_row(2, copied_value(big_endian(std::int64_t{1})) + copied_null));
}

} // namespace
