// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/bytea.hpp>
#include <pgcoro/types/character.hpp>
#include <pgcoro/types/identifiers.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

template <class T>
void expect_identifier(const T& value, const std::string& bytes) {
    expect_bytes(value, bytes);
    expect_only_whole<T>(pg_type<T>::oid, bytes);
}

TEST(identifiers, are_unsigned_numbers) {
    expect_identifier(pgcoro::object_id(0xffffffff), big_endian(0xffffffffu));
    expect_identifier(pgcoro::object_id8(~std::uint64_t{0}), big_endian(~std::uint64_t{0}));
    expect_identifier(pgcoro::xid(0x80000000), big_endian(0x80000000u));
    expect_identifier(pgcoro::xid8(~std::uint64_t{0}), big_endian(~std::uint64_t{0}));
    expect_identifier(pgcoro::cid(1), big_endian(1u));
    expect_identifier(pgcoro::lsn(0x16b374d848), big_endian(std::uint64_t{0x16b374d848}));
    expect_identifier(pgcoro::tid(7, 65535), big_endian(7u) + big_endian(std::uint16_t{65535}));
}

TEST(identifiers, of_objects_are_read_from_the_aliases_of_oid) {
    for (const auto column : {oids::oid, oids::regclass, oids::regproc, oids::regtype, oids::regrole, oids::regdatabase}) {
        EXPECT_EQ(decode<pgcoro::object_id>(column, big_endian(1259u)), pgcoro::object_id(1259));
    }
    EXPECT_FALSE(pg_type<pgcoro::object_id>::accepts(oids::int4));
    EXPECT_FALSE(pg_type<pgcoro::xid>::accepts(oids::oid));
}

TEST(identifiers, print_like_the_server) {
    EXPECT_EQ(to_string(pgcoro::lsn(0x16b374d848)), "16/B374D848");
    EXPECT_EQ(to_string(pgcoro::lsn()), "0/0");
    EXPECT_EQ(to_string(pgcoro::tid(4294967295, 1)), "(4294967295,1)");
}

TEST(character, is_one_byte) {
    expect_identifier('a', "a");
    expect_identifier('\0', std::string(1, '\0'));
    expect_identifier('\xff', "\xff");
}

TEST(bytea, of_known_size_fits_or_does_not) {
    using four = std::array<std::byte, 4>;
    expect_bytes(four{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{255}}, std::string("\0\1\2\xff", 4));
    expect_bytes(std::array<std::byte, 0>{}, "");
    EXPECT_EQ(decode_failure<four>(oids::bytea, "abc"), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<four>(oids::bytea, "abcde"), errc::value_out_of_range);
}

} // namespace
