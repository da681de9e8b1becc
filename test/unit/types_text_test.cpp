// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/bytea.hpp>
#include <pgcoro/types/json.hpp>
#include <pgcoro/types/text.hpp>
#include <pgcoro/types/uuid.hpp>

#include <boost/uuid/uuid.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

TEST(text, every_text_like_column_can_be_read) {
    for (const auto column :
         {oids::text, oids::varchar, oids::bpchar, oids::name, oids::char_, oids::unknown, oids::json, oids::xml}) {
        EXPECT_EQ(decode<std::string>(column, "x\xc3\xa4"), "x\xc3\xa4");
        EXPECT_EQ(decode<std::string>(column, ""), "");
    }
    EXPECT_FALSE(pg_type<std::string>::accepts(oids::int4));
    EXPECT_FALSE(pg_type<std::string>::accepts(oids::bytea));
}

TEST(text, char_that_is_nul_is_empty) {
    EXPECT_EQ(decode<std::string>(oids::char_, std::string(1, '\0')), "");
    EXPECT_EQ(decode<std::string>(oids::char_, "c"), "c");
}

TEST(text, jsonb_is_read_without_its_version) {
    EXPECT_EQ(decode<std::string>(oids::jsonb, "\1{}"), "{}");
    EXPECT_EQ(decode_failure<std::string>(oids::jsonb, ""), errc::malformed_value);
    EXPECT_EQ(decode_failure<std::string>(oids::jsonb, "\2{}"), errc::malformed_value);
}

TEST(json, is_sent_as_jsonb_and_read_from_both) {
    const pgcoro::json document("[1]");
    EXPECT_EQ(encode(document).bytes, "\1[1]");
    EXPECT_EQ(decode<pgcoro::json>(oids::jsonb, "\1[1]"), document);
    EXPECT_EQ(decode<pgcoro::json>(oids::json, "[1]"), document);
    EXPECT_FALSE(pg_type<pgcoro::json>::accepts(oids::text));
}

TEST(bytea, holds_any_byte) {
    const std::vector<std::byte> value{std::byte{0}, std::byte{255}, std::byte{'\''}};
    EXPECT_EQ(encode(value).bytes, std::string("\0\xff'", 3));
    EXPECT_EQ(encode(std::span<const std::byte>(value)).bytes, std::string("\0\xff'", 3));
    EXPECT_EQ(decode<std::vector<std::byte>>(oids::bytea, std::string("\0\xff'", 3)), value);
    EXPECT_TRUE(decode<std::vector<std::byte>>(oids::bytea, "").empty());
    EXPECT_FALSE(pg_type<std::vector<std::byte>>::accepts(oids::text));
}

TEST(uuid, is_sixteen_bytes_in_the_order_they_are_written) {
    const std::string bytes = "0123456789abcdef";
    const auto value = decode<boost::uuids::uuid>(oids::uuid, bytes);
    EXPECT_TRUE(std::equal(value.begin(), value.end(), bytes.begin(), bytes.end()));
    EXPECT_EQ(encode(value).bytes, bytes);
    EXPECT_EQ(decode_failure<boost::uuids::uuid>(oids::uuid, bytes.substr(1)), errc::malformed_value);
    EXPECT_EQ(decode_failure<boost::uuids::uuid>(oids::uuid, bytes + "0"), errc::malformed_value);
}

TEST(oids, names_are_the_catalogue_s) {
    EXPECT_EQ(pgcoro::type_name(oids::int8), "int8");
    EXPECT_EQ(pgcoro::type_name(oids::timestamptz_array), "timestamptz[]");
    EXPECT_EQ(pgcoro::type_name(16403), "type 16403");
    EXPECT_EQ(pgcoro::type_name(oids::unspecified), "type 0");
    EXPECT_EQ(pgcoro::array_element(oids::uuid_array), oids::uuid);
    EXPECT_EQ(pgcoro::array_element(oids::uuid), oids::unspecified);
    EXPECT_EQ(pgcoro::array_element(oids::unspecified), oids::unspecified);
    EXPECT_EQ(pgcoro::array_element(oids::int2vector), oids::int2);
    EXPECT_EQ(pgcoro::type_name(oids::int2vector), "int2vector");
    EXPECT_EQ(pgcoro::type_name(oids::oidvector_array), "oidvector[]");
}

} // namespace
