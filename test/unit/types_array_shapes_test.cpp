// SPDX-License-Identifier: BSL-1.0
// Arrays of several dimensions, of fixed size, with lower bounds, of domains, and of types known by name.
#include <gtest/gtest.h>

#include "array_bytes.hpp"
#include "codec.hpp"

#include <pgcoro/parameters.hpp>
#include <pgcoro/types.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

/// A type that a pg_type names: text inside.
struct label {
    std::string text;
    friend bool operator==(const label&, const label&) = default;
};

} // namespace

template <>
struct pgcoro::pg_type<label> {
    static constexpr std::string_view name = "label";
    static constexpr std::string_view sql_name = "label";
    static void encode(const label& value, value_writer& out) { out.put_text(value.text); }
    static errc decode(oid_number, value_bytes bytes, label& out) {
        return pg_type<std::string>::decode(oids::text, bytes, out.text);
    }
};

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::pg_type;
using pgcoro::detail::type_catalogue;
namespace oids = pgcoro::oids;

using ints = std::vector<std::int32_t>;
using table = std::vector<ints>;
using optional_table = std::vector<std::vector<std::optional<std::int32_t>>>;

const std::string two_by_three = header(2, 0, oids::int4) + dimension(2) + dimension(3) + element(1) + element(2) + element(3) +
                                 element(4) + element(5) + element(6);

TEST(nested_array, has_a_dimension_for_each_level) {
    const table value{{1, 2, 3}, {4, 5, 6}};
    EXPECT_EQ(encode(value).bytes, two_by_three);
    EXPECT_EQ(decode<table>(oids::int4_array, two_by_three), value);
    EXPECT_EQ(pg_type<table>::oid, oids::int4_array);
    EXPECT_EQ(pg_type<table>::name, "std::vector<std::vector<std::int32_t>>");
}

TEST(nested_array, has_six_levels_at_most) {
    using two = std::vector<std::vector<bool>>;
    using four = std::vector<std::vector<two>>;
    using six = std::vector<std::vector<four>>;
    const six value{{{{{{true, false}}}}}};
    EXPECT_EQ(decode<six>(oids::bool_array, encode(value).bytes), value);
    EXPECT_EQ(encode(value).bytes.substr(0, 4), big_endian(6));
    EXPECT_FALSE(pgcoro::encodable<std::vector<six>>);
    EXPECT_FALSE(pgcoro::decodable<std::vector<six>>);
}

TEST(nested_array, null_elements_need_optional) {
    const std::string bytes = header(2, 1, oids::int4) + dimension(1) + dimension(2) + null_element + element(2);
    const optional_table value{{std::nullopt, 2}};
    EXPECT_EQ(encode(value).bytes, bytes);
    EXPECT_EQ(decode<optional_table>(oids::int4_array, bytes), value);
    EXPECT_EQ(decode_failure<table>(oids::int4_array, bytes), errc::unexpected_null);
}

TEST(nested_array, empty_one_has_no_dimension) {
    const std::string bytes = header(0, 0, oids::int4);
    EXPECT_EQ(encode(table{}).bytes, bytes);
    EXPECT_EQ(encode(table{{}, {}}).bytes, bytes);
    EXPECT_TRUE(decode<table>(oids::int4_array, bytes).empty());
}

TEST(nested_array, lines_of_different_lengths_are_out_of_range) {
    for (const table& value : {table{{1}, {}}, table{{}, {1}}, table{{1}, {2, 3}}, table{{1, 2}, {3}}}) {
        EXPECT_EQ(encode(value).failure, errc::value_out_of_range);
    }
    EXPECT_EQ(encode(std::vector<table>{{{1}}, {}}).failure, errc::value_out_of_range);
}

TEST(nested_array, another_number_of_dimensions_is_out_of_range) {
    EXPECT_EQ(decode_failure<ints>(oids::int4_array, two_by_three), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<std::vector<table>>(oids::int4_array, two_by_three), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<table>(oids::int4_array, encode(ints{1}).bytes), errc::value_out_of_range);
}

template <class T>
void expect_truncations_malformed(pgcoro::oid_number type, const std::string& bytes) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(decode_failure<T>(type, std::string_view(bytes).substr(0, size)), errc::malformed_value) << size;
    }
    EXPECT_EQ(decode_failure<T>(type, bytes + "x"), errc::malformed_value);
}

TEST(nested_array, every_truncation_is_malformed) {
    expect_truncations_malformed<table>(oids::int4_array, two_by_three);
    expect_truncations_malformed<std::array<std::array<int, 3>, 2>>(oids::int4_array, two_by_three);
    expect_truncations_malformed<pgcoro::array<int>>(oids::int4_array, two_by_three);
}

TEST(nested_array, sizes_are_not_believed) {
    constexpr std::int32_t most = 0x7fffffff;
    const auto with = [](std::initializer_list<std::int32_t> sizes) {
        std::string bytes = header(static_cast<std::int32_t>(sizes.size()), 0, oids::int4);
        for (const auto size : sizes) {
            bytes += dimension(size);
        }
        return bytes + element(1);
    };
    EXPECT_EQ(decode_failure<table>(oids::int4_array, with({most, most})), errc::malformed_value);
    EXPECT_EQ(decode_failure<table>(oids::int4_array, with({1, most})), errc::malformed_value);
    EXPECT_EQ(decode_failure<table>(oids::int4_array, with({-1, -1})), errc::malformed_value);
    EXPECT_EQ(decode_failure<table>(oids::int4_array, with({1, 2})), errc::malformed_value);
    EXPECT_EQ(decode_failure<table>(oids::int4_array, with({0x10000, 0x10000})), errc::malformed_value) << "2^32 is not 0";
    EXPECT_EQ(decode_failure<pgcoro::array<int>>(oids::int4_array, with({most, most, most, most, most, most})),
              errc::malformed_value);
    EXPECT_EQ(decode_failure<table>(oids::int4_array, header(2, 0, oids::int4) + dimension(most) + dimension(0) + "x"),
              errc::malformed_value);
    EXPECT_TRUE(decode<table>(oids::int4_array, header(2, 0, oids::int4) + dimension(most) + dimension(0)).empty());
}

TEST(fixed_array, has_exactly_its_size) {
    using three = std::array<std::int32_t, 3>;
    const std::string bytes = encode(ints{1, 2, 3}).bytes;
    EXPECT_EQ(encode(three{1, 2, 3}).bytes, bytes);
    EXPECT_EQ(decode<three>(oids::int4_array, bytes), (three{1, 2, 3}));
    EXPECT_EQ(decode_failure<three>(oids::int4_array, encode(ints{1, 2}).bytes), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<three>(oids::int4_array, encode(ints{1, 2, 3, 4}).bytes), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<three>(oids::int4_array, encode(ints{}).bytes), errc::value_out_of_range);
    EXPECT_EQ(pg_type<three>::name, "std::array<std::int32_t, 3>");
    EXPECT_EQ((pg_type<std::array<std::optional<bool>, 120>>::name), "std::array<std::optional<bool>, 120>");
}

TEST(fixed_array, may_be_a_level) {
    using pairs = std::vector<std::array<std::int32_t, 3>>;
    EXPECT_EQ(encode(pairs{{1, 2, 3}, {4, 5, 6}}).bytes, two_by_three);
    EXPECT_EQ(decode<pairs>(oids::int4_array, two_by_three), (pairs{{1, 2, 3}, {4, 5, 6}}));
}

TEST(array_parameter, may_be_another_container) {
    const std::string bytes = encode(ints{1, 2, 3}).bytes;
    const ints value{1, 2, 3};
    EXPECT_EQ(encode(std::deque<std::int32_t>{1, 2, 3}).bytes, bytes);
    EXPECT_EQ(encode(std::list<std::int32_t>{1, 2, 3}).bytes, bytes);
    EXPECT_EQ(encode(std::set<std::int32_t>{3, 2, 1}).bytes, bytes);
    EXPECT_EQ(encode(std::initializer_list<std::int32_t>{1, 2, 3}).bytes, bytes);
    EXPECT_EQ(encode(std::span<const std::int32_t, 3>(value)).bytes, bytes);
    EXPECT_EQ(encode(std::vector<std::span<const std::int32_t>>{value}).bytes, encode(table{value}).bytes);
}

TEST(array_parameter, bytes_are_no_array) {
    EXPECT_EQ(pg_type<std::span<const std::byte>>::oid, oids::bytea);
    EXPECT_EQ(pg_type<std::vector<std::byte>>::oid, oids::bytea);
    EXPECT_EQ(pg_type<std::vector<std::vector<std::byte>>>::oid, oids::bytea_array);
    EXPECT_FALSE((pgcoro::encodable<std::span<const std::byte, 4>>));
}

TEST(bounded_array, keeps_dimensions_and_lower_bounds) {
    const std::string bytes = header(2, 1, oids::int4) + dimension(2, -1) + dimension(1, 5) + null_element + element(7);
    const pgcoro::array<std::optional<std::int32_t>> value{{{2, -1}, {1, 5}}, {std::nullopt, 7}};
    EXPECT_EQ(encode(value).bytes, bytes);
    EXPECT_EQ(decode<pgcoro::array<std::optional<std::int32_t>>>(oids::int4_array, bytes), value);
    EXPECT_EQ(decode_failure<pgcoro::array<std::int32_t>>(oids::int4_array, bytes), errc::unexpected_null);
}

TEST(bounded_array, is_indexed_from_its_lower_bounds) {
    const pgcoro::array<std::int32_t> value{{{2, 0}, {3, 5}}, {1, 2, 3, 4, 5, 6}};
    EXPECT_EQ(value.position({0, 5}), 0u);
    EXPECT_EQ(value.position({1, 6}), 4u);
    EXPECT_EQ(value.position({1, 8}), std::nullopt);
    EXPECT_EQ(value.position({-1, 5}), std::nullopt);
    EXPECT_EQ(value.position({1}), std::nullopt);
    EXPECT_EQ(value.position({1, 6, 1}), std::nullopt);
    EXPECT_EQ(pgcoro::array<std::int32_t>().position({}), std::nullopt);
}

TEST(bounded_array, empty_one_has_no_dimension) {
    EXPECT_EQ(encode(pgcoro::array<std::int32_t>()).bytes, header(0, 0, oids::int4));
    EXPECT_EQ(decode<pgcoro::array<std::int32_t>>(oids::int4_array, header(1, 0, oids::int4) + dimension(0)),
              pgcoro::array<std::int32_t>());
}

TEST(bounded_array, what_cannot_be_is_not_sent) {
    using array = pgcoro::array<std::int32_t>;
    EXPECT_EQ(encode(array{{{2, 1}}, {1}}).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(array{{}, {1}}).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(array{{{-1, 1}, {-1, 1}}, {1}}).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(array{std::vector<pgcoro::array_dimension>(7, {1, 1}), {1}}).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(array{{{1, 0x7fffffff}}, {1}}).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(array{{{1, 0x7ffffffe}}, {1}}).failure, errc{});
}

// 20000 label, 20001 label[], 20002 a domain over int4, 20003 a domain over that, 20004 its array.
const type_catalogue catalogue(type_catalogue(), {{20000, 20001, 0, 0, 0, "public", "label", true, 'b', {}, {}},
                                                  {20001, 0, 20000, 0, 0, "public", "_label", true, 'b', {}, {}},
                                                  {20002, 20005, 0, oids::int4, 0, "public", "positive", true, 'b', {}, {}},
                                                  {20003, 20004, 0, 20002, 0, "public", "small", true, 'b', {}, {}},
                                                  {20004, 0, 20003, 0, 0, "public", "_small", true, 'b', {}, {}}});

TEST(array_of_user_type, is_known_by_name) {
    using labels = std::vector<label>;
    EXPECT_TRUE(pgcoro::detail::accepts_type<labels>(20001, catalogue));
    EXPECT_FALSE(pgcoro::detail::accepts_type<labels>(20000, catalogue));
    EXPECT_FALSE(pgcoro::detail::accepts_type<labels>(oids::text_array, catalogue));
    EXPECT_FALSE(pgcoro::detail::accepts_type<labels>(20001, type_catalogue()));
    const std::string bytes = header(1, 0, 20000) + dimension(1) + element("a");
    EXPECT_EQ(decode<labels>(20001, bytes, catalogue), labels{{"a"}});
    EXPECT_EQ(decode_failure<labels>(20001, header(1, 0, oids::text) + dimension(1) + element("a"), catalogue),
              errc::malformed_value);
}

TEST(array_of_user_type, numbers_are_filled_in_before_it_is_sent) {
    auto values =
        pgcoro::detail::encode_parameters(std::vector<std::vector<label>>{{{"a"}}}, 1, pgcoro::array<label>{{{1, 1}}, {{"b"}}});
    EXPECT_EQ(values.named_types(), std::vector<std::string_view>{"label"});
    EXPECT_FALSE(values.fill_in(catalogue));
    EXPECT_EQ(values.oid(0), 20001u);
    EXPECT_EQ(values.oid(2), 20001u);
    const std::string expected = header(2, 0, 20000) + dimension(1) + dimension(1) + element("a");
    EXPECT_EQ(std::string(values.value(0), static_cast<std::size_t>(values.length(0))), expected);
}

TEST(array_of_user_type, null_is_of_that_type_too) {
    auto values = pgcoro::detail::encode_parameters(std::optional<label>(), std::optional<std::vector<label>>());
    EXPECT_FALSE(values.fill_in(catalogue));
    EXPECT_EQ(values.oid(0), 20000u);
    EXPECT_EQ(values.oid(1), 20001u);
    EXPECT_EQ(values.value(1), nullptr);
}

TEST(array_of_domain, is_read_as_one_of_its_base) {
    EXPECT_TRUE(pgcoro::detail::accepts_type<ints>(20004, catalogue));
    EXPECT_FALSE(pgcoro::detail::accepts_type<std::vector<std::string>>(20004, catalogue));
    const std::string bytes = header(1, 0, 20003) + dimension(1) + element(5);
    EXPECT_EQ(decode<ints>(20004, bytes, catalogue), ints{5});
    EXPECT_EQ(decode<pgcoro::array<std::int64_t>>(20004, bytes, catalogue), (pgcoro::array<std::int64_t>{{{1, 1}}, {5}}));
}

} // namespace
