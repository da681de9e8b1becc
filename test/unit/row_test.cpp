// SPDX-License-Identifier: BSL-1.0
#include "fake_result.hpp"
#include "read_rows.hpp"

#include <pgcoro/result.hpp>
#include <pgcoro/row.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

struct person {
    std::int64_t id;
    std::string name;
    std::optional<std::string> email;

    friend bool operator==(const person&, const person&) = default;
};

/// Neither an aggregate nor default-constructible.
class temperature {
public:
    explicit temperature(double kelvin) : kelvin_(kelvin) {}
    double kelvin() const { return kelvin_; }

private:
    double kelvin_;
};

template <>
struct pgcoro::row_traits<temperature> {
    using columns = std::tuple<double, std::string>;
    static result<temperature> make(double value, const std::string& unit) {
        if (unit != "K" && unit != "C") {
            return errc::value_out_of_range;
        }
        return temperature(unit == "K" ? value : value + 273.15);
    }
};

struct label {
    std::string text;
};

template <>
struct pgcoro::row_traits<label> {
    using columns = std::tuple<std::int32_t>;
    static label make(std::int32_t number) { return {std::to_string(number)}; }
};

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::detail::decode_one;
using pgcoro::detail::decode_optional;
using pgcoro::detail::decode_rows;
using pgcoro::detail::result_handle;
using pgcoro::detail::result_view;
namespace oids = pgcoro::oids;

result_view view(const result_handle& result) { return result_view(result.get()); }

const std::vector<fake_column> person_columns = {{"id", oids::int8}, {"name", oids::text}, {"email", oids::varchar}};
const fake_row ada = {big_endian(std::int64_t{1}), "Ada", "ada@example.org"};
const fake_row bob = {big_endian(std::int64_t{2}), "Bob", std::nullopt};

bool contains(const pgcoro::error& e, std::string_view text) { return e.message().find(text) != std::string::npos; }

TEST(row, struct_takes_the_columns_by_position) {
    const auto result = fake_result(person_columns, {ada, bob});
    EXPECT_EQ(rows_of<person>(result), (std::vector<person>{{1, "Ada", "ada@example.org"}, {2, "Bob", std::nullopt}}));
}

TEST(row, tuple_and_pair_take_the_columns_by_position) {
    const auto result = fake_result({{"a", oids::int4}, {"b", oids::bool_}}, {{big_endian(7), "\1"}});
    EXPECT_EQ((rows_of<std::tuple<std::int64_t, bool>>(result)), (std::vector{std::tuple(std::int64_t{7}, true)}));
    EXPECT_EQ((rows_of<std::pair<int, std::optional<bool>>>(result)), (std::vector{std::pair(7, std::optional(true))}));
}

TEST(row, scalar_takes_the_only_column) {
    EXPECT_EQ(rows_of<int>(fake_result({{"a", oids::int4}}, {{big_endian(1)}, {big_endian(2)}})), (std::vector{1, 2}));
    EXPECT_EQ(rows_of<bool>(fake_result({{"a", oids::bool_}}, {{"\1"}})), std::vector<bool>{true});
    const auto nullable = fake_result({{"a", oids::text}}, {{"x"}, {std::nullopt}});
    EXPECT_EQ(rows_of<std::optional<std::string>>(nullable), (std::vector<std::optional<std::string>>{"x", std::nullopt}));
}

TEST(row, row_traits_make_rows_of_any_type) {
    const std::vector<fake_column> columns = {{"value", oids::float8}, {"unit", oids::text}};
    const auto rows = rows_of<temperature>(fake_result(columns, {{bits(20.0), "C"}, {bits(5.0), "K"}}));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].kelvin(), 293.15);
    EXPECT_EQ(rows[1].kelvin(), 5.0);
    EXPECT_EQ(failure_of<temperature>(fake_result(columns, {{bits(1.0), "F"}})), errc::value_out_of_range);
    EXPECT_EQ(rows_of<label>(fake_result({{"n", oids::int4}}, {{big_endian(5)}})).at(0).text, "5");
}

TEST(row, empty_value_is_not_null) {
    EXPECT_EQ(rows_of<std::string>(fake_result({{"a", oids::text}}, {{""}})), std::vector<std::string>{""});
}

TEST(row, null_in_a_plain_value_names_the_column_and_the_row) {
    const auto failure =
        failure_of<std::tuple<std::int64_t, std::string, std::string>>(fake_result(person_columns, {ada, bob}));
    EXPECT_EQ(failure, errc::unexpected_null);
    EXPECT_TRUE(contains(failure, "\"email\"")) << failure.message();
    EXPECT_TRUE(contains(failure, "row 2")) << failure.message();
    EXPECT_FALSE(contains(failure, "Bob")) << "values are secrets";
}

TEST(row, another_number_of_columns_names_both_numbers) {
    const auto failure = failure_of<std::pair<std::int64_t, std::string>>(fake_result(person_columns));
    EXPECT_EQ(failure, errc::column_count_mismatch);
    EXPECT_TRUE(contains(failure, "3") && contains(failure, "2")) << failure.message();
    EXPECT_EQ(failure_of<int>(fake_result({})), errc::column_count_mismatch);
}

TEST(row, mismatch_names_column_and_both_types_even_without_rows) {
    const auto failure =
        failure_of<person>(fake_result({{"id", oids::int8}, {"name", oids::timestamptz}, {"email", oids::text}}));
    EXPECT_EQ(failure, errc::type_mismatch);
    EXPECT_TRUE(contains(failure, "\"name\"")) << failure.message();
    EXPECT_TRUE(contains(failure, "timestamptz")) << failure.message();
    EXPECT_TRUE(contains(failure, "std::string")) << failure.message();
    EXPECT_TRUE(contains(failure_of<std::vector<std::int64_t>>(fake_result({{"a", 16403}})), "type 16403"));
    EXPECT_TRUE(contains(failure_of<std::vector<std::optional<std::int64_t>>>(fake_result({{"a", 16403}})),
                         "std::vector<std::optional<std::int64_t>>"));
}

TEST(row, text_format_is_only_for_text) {
    constexpr int text_format = 0;
    EXPECT_EQ(rows_of<std::string>(fake_result({{"a", oids::text, text_format}}, {{"x"}})), std::vector<std::string>{"x"});
    EXPECT_EQ(failure_of<int>(fake_result({{"a", oids::int4, text_format}}, {{"1"}})), errc::type_mismatch);
    EXPECT_EQ(failure_of<std::string>(fake_result({{"a", oids::jsonb, text_format}}, {{"{}"}})), errc::type_mismatch);
    const auto mixed = fake_result({{"a", oids::int4}, {"b", oids::text, text_format}}, {{big_endian(1), "x"}});
    EXPECT_EQ((rows_of<std::pair<int, std::string>>(mixed)), (std::vector{std::pair(1, std::string("x"))}));
}

TEST(row, value_out_of_range_names_column_and_row) {
    const auto failure = failure_of<std::int16_t>(fake_result({{"n", oids::int4}}, {{big_endian(1)}, {big_endian(70000)}}));
    EXPECT_EQ(failure, errc::value_out_of_range);
    EXPECT_TRUE(contains(failure, "\"n\"") && contains(failure, "row 2") && contains(failure, "std::int16_t"))
        << failure.message();
    EXPECT_FALSE(contains(failure, "70000"));
}

TEST(row, malformed_value_is_refused) {
    EXPECT_EQ(failure_of<std::int64_t>(fake_result({{"n", oids::int8}}, {{"short"}})), errc::malformed_value);
}

TEST(row, one_wants_exactly_one) {
    const std::vector<fake_column> columns = {{"n", oids::int4}};
    std::optional<int> out;
    EXPECT_FALSE(decode_one(view(fake_result(columns, {{big_endian(5)}})), out).code());
    EXPECT_EQ(out, 5);
    EXPECT_EQ(decode_one(view(fake_result(columns)), out), errc::no_rows);
    EXPECT_EQ(decode_one(view(fake_result(columns, {{big_endian(1)}, {big_endian(2)}})), out), errc::too_many_rows);
}

TEST(row, one_may_be_null) {
    std::optional<std::optional<int>> out;
    EXPECT_FALSE(decode_one(view(fake_result({{"n", oids::int4}}, {{std::nullopt}})), out).code());
    ASSERT_TRUE(out.has_value());
    EXPECT_FALSE(out->has_value());
}

TEST(row, optional_wants_one_or_none) {
    const std::vector<fake_column> columns = {{"n", oids::int4}};
    std::optional<int> out = 1;
    EXPECT_FALSE(decode_optional(view(fake_result(columns)), out).code());
    EXPECT_EQ(out, std::nullopt);
    EXPECT_FALSE(decode_optional(view(fake_result(columns, {{big_endian(5)}})), out).code());
    EXPECT_EQ(out, 5);
    EXPECT_EQ(decode_optional(view(fake_result(columns, {{big_endian(1)}, {big_endian(2)}})), out), errc::too_many_rows);
}

TEST(row, the_type_of_no_row_is_checked_too) {
    std::optional<int> out;
    EXPECT_EQ(decode_optional(view(fake_result({{"n", oids::text}})), out), errc::type_mismatch);
}

} // namespace
