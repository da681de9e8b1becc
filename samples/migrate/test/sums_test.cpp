// SPDX-License-Identifier: BSL-1.0
#include "decimal_sum.hpp"
#include "row_encoder.hpp"
#include "text_hash.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace migrate {
namespace {

std::string sum_of(std::initializer_list<std::string_view> numbers) {
    decimal_sum sum;
    for (const auto number : numbers) {
        sum.add(number);
    }
    return sum.text();
}

TEST(decimal_sum, is_exact_and_without_zeros_at_the_end) {
    EXPECT_EQ(sum_of({}), "0");
    EXPECT_EQ(sum_of({"1.50", "-0.5", "12345678901234567890.000000000000000001"}), "12345678901234567891.000000000000000001");
    EXPECT_EQ(sum_of({"0.1", "0.2", "-0.30"}), "0");
    EXPECT_EQ(sum_of({"-0.05"}), "-0.05");
    EXPECT_EQ(sum_of({"1e3", "2.5E-1"}), "1000.25");
    EXPECT_EQ(sum_of({"00000000000000000000012"}), "12");
}

TEST(decimal_sum, does_not_overflow) {
    integer_sum sum;
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    for (const auto number : {most, most, most, least, most}) {
        sum.add(number);
    }
    EXPECT_EQ(sum.total().str(), "27670116110564327420");
}

TEST(decimal_sum, of_what_is_no_number_is_none) {
    EXPECT_EQ(sum_of({"1", "NaN"}), "NaN");
    EXPECT_EQ(sum_of({"", "1"}), "NaN");
    EXPECT_EQ(sum_of({"1e"}), "NaN");
    EXPECT_EQ(sum_of({"1e99999999"}), "NaN");
}

struct planned_table {
    table from;
    table_plan plan;
};

void add_column(planned_table& t, column_mapping mapping, bool is_generated = false) {
    column_plan c;
    c.mapping = std::move(mapping);
    c.is_generated = is_generated;
    t.plan.columns.push_back(std::move(c));
}

column_mapping number() {
    column_mapping m;
    m.is_number = true;
    return m;
}

TEST(row_encoder, writes_the_text_of_copy) {
    planned_table t;
    add_column(t, number());
    add_column(t, {}, true);
    add_column(t, {});
    row_encoder rows(t.plan);

    rows.add("7");
    rows.add("generated");
    rows.add("a\tb\\");
    rows.end_row();
    rows.add_null();
    rows.add_null();
    rows.add_null();
    rows.end_row();

    EXPECT_EQ(rows.rows(), 2u);
    EXPECT_EQ(rows.pending_bytes(), 15u);
    EXPECT_EQ(rows.take_bytes(), "7\ta\\tb\\\\\n\\N\t\\N\n");
    EXPECT_EQ(rows.take_bytes(), "");
}

table_sums sums_of(std::initializer_list<std::pair<const char*, const char*>> rows) {
    planned_table t;
    add_column(t, number());
    add_column(t, {});
    row_encoder encoder(t.plan);
    for (const auto& [first, second] : rows) {
        encoder.add(first);
        encoder.add(second);
        encoder.end_row();
    }
    return encoder.sums().value();
}

TEST(row_encoder, sums_are_the_same_in_any_order) {
    const auto one = sums_of({{"1", "a"}, {"2", "b"}});
    const auto other = sums_of({{"2", "b"}, {"1", "a"}});
    EXPECT_EQ(one.columns, other.columns);
    EXPECT_EQ(one.row_checksum, other.row_checksum);
    EXPECT_EQ(one.columns[0].sum, "3");
    EXPECT_EQ(one.columns[0].values, 2u);
}

TEST(row_encoder, the_rows_checksum_tells_values_that_have_changed_places) {
    const auto one = sums_of({{"1", "a"}, {"2", "b"}});
    const auto other = sums_of({{"1", "b"}, {"2", "a"}});
    EXPECT_EQ(one.columns, other.columns);
    EXPECT_NE(one.row_checksum, other.row_checksum);
}

TEST(row_encoder, floating_point_numbers_are_compared_by_their_bits) {
    planned_table t;
    add_column(t, {});
    add_column(t, {});
    row_encoder rows(t.plan);
    rows.add(0.1);
    rows.add(1.5F);
    rows.end_row();

    const auto sums = rows.sums().value();
    EXPECT_EQ(rows.take_bytes(), "0.1\t1.5\n");
    ASSERT_EQ(sums.sample.size(), 1u);
    EXPECT_EQ(sums.sample[0][0], "3fb999999999999a");
    EXPECT_EQ(sums.sample[0][1], "3fc00000");
}

} // namespace
} // namespace migrate
