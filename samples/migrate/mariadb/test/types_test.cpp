// SPDX-License-Identifier: BSL-1.0
// What becomes of the types of MariaDB.
#include "failure.hpp"
#include "mariadb/type_mapping.hpp"

#include <gtest/gtest.h>

namespace migrate::mariadb {
namespace {

column column_of(const std::string& type) {
    column c;
    c.name = "c";
    c.type = parse_type(type);
    return c;
}

pgcoro::result<column_mapping> mapping_of(const std::string& type, std::optional<std::string> wanted = std::nullopt,
                                          const column_role& role = {}) {
    return map_column(table{}, column_of(type), role, wanted, settings());
}

std::string target_of(const std::string& type, const column_role& role = {}) {
    return mapping_of(type, std::nullopt, role).value().type;
}

TEST(mariadb_type, has_its_parts) {
    const column_type t = parse_type("decimal(8,2) unsigned");

    EXPECT_EQ(t.text, "decimal(8,2) unsigned");
    EXPECT_EQ(t.base, "decimal");
    EXPECT_EQ(t.length, 8);
    EXPECT_EQ(t.scale, 2);
    EXPECT_TRUE(t.is_unsigned);
}

TEST(mariadb_type, has_labels_with_quotes_and_commas) {
    EXPECT_EQ(parse_type("enum('a','b''c','x,y unsigned','')").labels,
              (std::vector<std::string>{"a", "b'c", "x,y unsigned", ""}));
    EXPECT_FALSE(parse_type("enum('x,y unsigned')").is_unsigned);
}

TEST(mariadb_type, that_is_unsigned_gets_the_next_larger_type) {
    EXPECT_EQ(target_of("tinyint(4)"), "smallint");
    EXPECT_EQ(target_of("tinyint(3) unsigned"), "smallint");
    EXPECT_EQ(target_of("smallint(6)"), "smallint");
    EXPECT_EQ(target_of("smallint(5) unsigned"), "integer");
    EXPECT_EQ(target_of("mediumint(9)"), "integer");
    EXPECT_EQ(target_of("mediumint(8) unsigned"), "integer");
    EXPECT_EQ(target_of("int(11)"), "integer");
    EXPECT_EQ(target_of("int(10) unsigned zerofill"), "bigint");
    EXPECT_EQ(target_of("bigint(20)"), "bigint");
    EXPECT_EQ(target_of("bigint(20) unsigned"), "numeric(20)");
}

TEST(mariadb_type, bigint_unsigned_that_counts_is_bigint) {
    EXPECT_EQ(target_of("bigint(20) unsigned", {.is_counted = true}), "bigint");
}

TEST(mariadb_type, tinyint_of_one_digit_is_a_boolean_unless_it_is_linked_or_unsigned) {
    EXPECT_EQ(target_of("tinyint(1)"), "boolean");
    EXPECT_EQ(target_of("tinyint(1) unsigned"), "smallint");
    EXPECT_EQ(target_of("tinyint(1)", {.is_linked = true}), "smallint");
    EXPECT_EQ(mapping_of("tinyint(1)", "smallint").value().type, "smallint");
}

TEST(mariadb_type, of_other_families) {
    EXPECT_EQ(target_of("year(4)"), "smallint");
    EXPECT_EQ(target_of("decimal(65,30)"), "numeric(65,30)");
    EXPECT_EQ(target_of("float"), "real");
    EXPECT_EQ(target_of("double(20,3)"), "double precision");
    EXPECT_EQ(target_of("bit(1)"), "boolean");
    EXPECT_EQ(target_of("bit(12)"), "bit(12)");
    EXPECT_EQ(target_of("date"), "date");
    EXPECT_EQ(target_of("datetime(3)"), "timestamp(3)");
    EXPECT_EQ(target_of("timestamp"), "timestamp(0) with time zone");
    EXPECT_EQ(target_of("time(6)"), "interval(6)");
    EXPECT_EQ(target_of("char(3)"), "varchar(3)");
    EXPECT_EQ(target_of("char(0)"), "text");
    EXPECT_EQ(target_of("longtext"), "text");
    EXPECT_EQ(target_of("enum('a')"), "text");
    EXPECT_EQ(target_of("set('a','b')"), "text[]");
    EXPECT_EQ(target_of("json"), "jsonb");
    EXPECT_EQ(target_of("varbinary(16)"), "bytea");
    EXPECT_EQ(target_of("uuid"), "uuid");
    EXPECT_EQ(target_of("inet6"), "inet");
}

TEST(mariadb_type, geometry_has_no_type_unless_one_is_wanted) {
    EXPECT_EQ(mapping_of("point").error(), make_error_code(failure::cannot_map));
    EXPECT_EQ(mapping_of("point", "bytea").value().type, "bytea");
}

TEST(mariadb_type, cannot_become_what_its_values_are_not) {
    const auto refused = mapping_of("blob", "timestamp");

    EXPECT_EQ(refused.error(), make_error_code(failure::cannot_map));
    EXPECT_EQ(refused.error().message(), "blob cannot become timestamp");
}

TEST(mariadb_type, of_labels_gets_a_check) {
    EXPECT_EQ(mapping_of("enum('a','it''s')").value().check, R"("c" in ('a', 'it''s'))");
    EXPECT_EQ(mapping_of("set('a','b')").value().check, R"("c" <@ array['a', 'b']::text[])");
    EXPECT_EQ(mapping_of("enum('a')", "text").value().check, "");
}

TEST(mariadb_type, is_not_compared_if_postgres_shows_it_in_its_own_way) {
    EXPECT_EQ(mapping_of("varchar(40)", "uuid").value().canonical, canonical_form::none);
    EXPECT_EQ(mapping_of("json").value().canonical, canonical_form::text);
    EXPECT_EQ(mapping_of("float").value().canonical, canonical_form::float_bits);
    EXPECT_EQ(mapping_of("decimal(8,2)", "numeric(8,3)").value().canonical, canonical_form::none);
    EXPECT_EQ(mapping_of("decimal(8,2)", "numeric").value().canonical, canonical_form::text);
    EXPECT_EQ(mapping_of("datetime(6)", "timestamp(0)").value().canonical, canonical_form::none);
}

column_mapping mapping_of_required_date(const table& t, zero_dates choice) {
    column c = column_of("date");
    c.is_required = true;
    settings s;
    s.zero_dates = choice;
    return map_column(t, c, {}, std::nullopt, s).value();
}

TEST(mariadb_type, of_dates_loses_not_null_only_if_that_is_wanted) {
    EXPECT_FALSE(mapping_of_required_date({}, zero_dates::null_or_fail).may_become_null);
    EXPECT_TRUE(mapping_of_required_date({}, zero_dates::drop_not_null).may_become_null);
    EXPECT_EQ(mapping_of_required_date({}, zero_dates::null_or_fail).conversion, "zero dates are errors");
    EXPECT_EQ(mapping_of_required_date({}, zero_dates::drop_not_null).conversion, "zero dates become null");
}

TEST(mariadb_type, of_dates_in_the_primary_key_stays_not_null) {
    table t;
    t.primary_key = key{"", {"c"}, ""};

    EXPECT_FALSE(mapping_of_required_date(t, zero_dates::drop_not_null).may_become_null);
}

TEST(mariadb_type, of_text_that_ignores_case_has_a_note_if_it_is_in_a_key) {
    column c = column_of("varchar(10)");
    c.collation = "utf8mb4_general_ci";
    table t;
    EXPECT_TRUE(map_column(t, c, {}, std::nullopt, {}).value().notes.empty());

    t.uniques.push_back(key{"u", {"c"}, ""});

    EXPECT_EQ(map_column(t, c, {}, std::nullopt, {}).value().notes.size(), 1U);
}

} // namespace
} // namespace migrate::mariadb
