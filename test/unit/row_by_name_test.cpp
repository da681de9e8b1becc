// SPDX-License-Identifier: BSL-1.0
// Structs that are read by name, and structs inside of rows.
#include "fake_result.hpp"
#include "read_rows.hpp"

#include <pgcoro/rows_by_name.hpp>
#include <pgcoro/types.hpp>

#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace shop {

struct customer {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> email;
    int visits = 7; // not described

    friend bool operator==(const customer&, const customer&) = default;
};
BOOST_DESCRIBE_STRUCT(customer, (), (id, name, email))

struct order {
    int number;
    double total;

    friend bool operator==(const order&, const order&) = default;
};

struct totals {
    int first;
    int second;

    friend bool operator==(const totals&, const totals&) = default;
};
BOOST_DESCRIBE_STRUCT(totals, (), (second, first))

struct bill {
    order what;
    std::optional<order> replaces;
    bool paid;

    friend bool operator==(const bill&, const bill&) = default;
};

struct address {
    std::string street;

    friend bool operator==(const address&, const address&) = default;
};
BOOST_DESCRIBE_STRUCT(address, (), (street))

struct guest : address {
    std::string name;
    std::optional<totals> counts;

    friend bool operator==(const guest&, const guest&) = default;
};
BOOST_DESCRIBE_STRUCT(guest, (address), (name))

struct host {
    std::string name;
    std::optional<address> home;
};
BOOST_DESCRIBE_STRUCT(host, (), (home, name))

} // namespace shop

template <>
inline constexpr bool pgcoro::read_by_name<shop::totals> = false;

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::detail::result_handle;
using pgcoro::detail::result_view;
using shop::address;
using shop::bill;
using shop::customer;
using shop::order;
using shop::totals;
namespace oids = pgcoro::oids;

const fake_column id = {"id", oids::int8}, name = {"name", oids::text}, email = {"email", oids::text};
const fake_column number = {"number", oids::int4}, total = {"total", oids::float8};
const fake_value one = big_endian(std::int64_t{1}), four = big_endian(4), null;

TEST(row_by_name, order_and_further_columns_do_not_matter) {
    const auto result =
        fake_result({email, {"size", oids::point}, name, id}, {{"a@b", "", "Ada", one}, {null, "", "Bob", one}});
    EXPECT_EQ(rows_of<customer>(result), (std::vector<customer>{{1, "Ada", "a@b"}, {1, "Bob", std::nullopt}}));
}

TEST(row_by_name, missing_column_is_named_with_its_type) {
    const auto failure = failure_of<customer>(fake_result({id, {"Name", oids::text}, email}));
    EXPECT_EQ(failure, errc::no_such_column);
    EXPECT_EQ(failure.message(), "the result has no column \"name\", which shop::customer reads into std::string");
}

TEST(row_by_name, two_columns_of_one_name_are_an_error) {
    const auto failure = failure_of<customer>(fake_result({id, name, email, id}));
    EXPECT_EQ(failure, errc::ambiguous_column);
    EXPECT_EQ(failure.message(), "the result has 2 columns \"id\", which shop::customer reads into std::int64_t");
}

TEST(row_by_name, wrong_type_and_null_name_the_column_where_it_is) {
    const auto mismatch = failure_of<customer>(fake_result({email, {"name", oids::int4}, id}));
    EXPECT_EQ(mismatch, errc::type_mismatch);
    EXPECT_EQ(mismatch.message(), "column 2 \"name\" (int4) cannot be read into std::string");
    const auto is_null = failure_of<customer>(fake_result({name, email, id}, {{null, null, one}}));
    EXPECT_EQ(is_null, errc::unexpected_null);
    EXPECT_NE(is_null.message().find("column 1 \"name\""), std::string::npos) << is_null.message();
}

TEST(row_by_name, can_be_switched_off) {
    const auto result = fake_result({{"a", oids::int4}, {"second", oids::int4}}, {{big_endian(1), big_endian(2)}});
    EXPECT_EQ(rows_of<totals>(result), (std::vector{totals{1, 2}}));
}

TEST(row_by_name, members_of_bases_are_found) {
    const auto rows = rows_of<shop::guest>(fake_result({name, {"street", oids::text}}, {{"Ada", "High Street"}}));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].street, "High Street");
    EXPECT_EQ(rows[0].name, "Ada");
}

TEST(row_by_name, struct_in_a_struct_finds_its_names_in_the_same_row) {
    const auto result = fake_result({{"street", oids::text}, name}, {{"High Street", "Ada"}, {null, "Bob"}});
    const auto rows = rows_of<shop::host>(result);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].home, address{"High Street"});
    EXPECT_EQ(rows[1].home, std::nullopt);
    EXPECT_EQ(rows[1].name, "Bob");
}

TEST(row_of_structs, take_columns_that_stand_together) {
    const auto result = fake_result({number, total, name, id, email}, {{four, bits(1.5), "Ada", one, null}});
    EXPECT_EQ((rows_of<std::pair<order, customer>>(result)), (std::vector{std::pair(order{4, 1.5}, customer{1, "Ada", {}})}));
}

TEST(row_of_structs, optional_is_empty_if_all_is_null) {
    using row = std::tuple<order, std::optional<customer>, int>;
    const auto result = fake_result({number, total, name, email, id, {"n", oids::int4}},
                                    {{four, bits(1.5), "Ada", null, one, four}, {four, bits(2.5), null, null, null, four}});
    EXPECT_EQ(rows_of<row>(result), (std::vector{row(order{4, 1.5}, customer{1, "Ada", {}}, 4), row({4, 2.5}, {}, 4)}));
}

TEST(row_of_structs, half_a_struct_is_an_unexpected_null) {
    using row = std::tuple<order, std::optional<customer>>;
    const auto failure = failure_of<row>(fake_result({number, total, id, name, email}, {{four, bits(1.5), one, null, null}}));
    EXPECT_EQ(failure, errc::unexpected_null);
    EXPECT_NE(failure.message().find("column 4 \"name\""), std::string::npos) << failure.message();
}

TEST(row_of_structs, names_count_among_the_structs_own_columns) {
    using row = std::tuple<std::int64_t, customer>;
    EXPECT_EQ(rows_of<row>(fake_result({id, name, id, email}, {{one, "Ada", one, null}})).size(), 1u);
    const auto failure = failure_of<row>(fake_result({id, name, email, total}));
    EXPECT_EQ(failure, errc::no_such_column);
    EXPECT_EQ(failure.message(),
              "the result has no column \"id\" in columns 2 to 4, which shop::customer reads into std::int64_t");
    EXPECT_EQ(failure_of<row>(fake_result({id, name, email, id, total})), errc::column_count_mismatch);
}

TEST(row_of_structs, by_position_throughout) {
    const std::vector<fake_column> columns = {number, total, number, total, {"paid", oids::bool_}};
    const auto result =
        fake_result(columns, {{four, bits(1), four, bits(2), "\1"}, {four, bits(3), null, null, std::string(1, '\0')}});
    EXPECT_EQ(rows_of<bill>(result), (std::vector{bill{{4, 1}, order{4, 2}, true}, bill{{4, 3}, std::nullopt, false}}));
    EXPECT_EQ(failure_of<bill>(fake_result({number})), errc::column_count_mismatch);
}

TEST(row_of_structs, whole_row_may_be_missing) {
    const auto result = fake_result({name, id, email, number}, {{"Ada", one, null, four}, {null, null, null, four}});
    EXPECT_EQ(rows_of<std::optional<customer>>(result),
              (std::vector{std::optional(customer{1, "Ada", {}}), std::optional<customer>()}));
}

} // namespace
