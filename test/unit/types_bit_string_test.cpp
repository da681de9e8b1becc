// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/bit_string.hpp>

#include <bitset>
#include <string>

namespace {

using namespace pgcoro::test;
using pgcoro::bit_string;
using pgcoro::errc;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

bit_string parsed(std::string_view text) { return bit_string::parse(text).value(); }
std::string wire(std::int32_t bits, const std::string& bytes) { return big_endian(bits) + bytes; }

TEST(bit_string, is_a_length_and_bits_from_the_left) {
    expect_bytes(bit_string(), wire(0, ""));
    expect_bytes(parsed("1"), wire(1, "\x80"));
    expect_bytes(parsed("10000001"), wire(8, "\x81"));
    expect_bytes(parsed("000000001"), wire(9, std::string("\0\x80", 2)));
    EXPECT_EQ(decode<bit_string>(oids::bit, wire(3, "\xa0")), parsed("101"));
}

TEST(bit_string, index_counts_from_the_left) {
    bit_string bits(10);
    bits.set(1);
    bits.set(9);
    bits.set(1, false);
    bits.set(2);
    EXPECT_EQ(to_string(bits), "0010000001");
    EXPECT_TRUE(bits[2] && bits[9] && !bits[1]);
}

TEST(bit_string, prints_what_it_was_read_from) {
    for (const std::string text : {"", "0", "1", "10110", "11111111", "111111110", "0000000000000001"}) {
        EXPECT_EQ(to_string(parsed(text)), text);
    }
    EXPECT_TRUE(bit_string::parse("012").error() == errc::malformed_value);
}

TEST(bit_string, what_fills_up_the_last_byte_is_ignored) {
    EXPECT_EQ(decode<bit_string>(oids::varbit, wire(3, "\xbf")), parsed("101"));
}

TEST(bit_string, another_number_of_bytes_is_malformed) {
    expect_only_whole<bit_string>(oids::varbit, wire(9, "\x81\x80"));
    EXPECT_EQ(decode_failure<bit_string>(oids::varbit, wire(-1, "")), errc::malformed_value);
    EXPECT_EQ(decode_failure<bit_string>(oids::varbit, wire(-1, "abc")), errc::malformed_value);
    EXPECT_EQ(decode_failure<bit_string>(oids::varbit, wire(0x7fffffff, "abc")), errc::malformed_value);
    EXPECT_EQ(decode_failure<bit_string>(oids::varbit, wire(8, "ab")), errc::malformed_value);
}

TEST(bitset, prints_like_the_bits_sent) {
    const std::bitset<9> value("100000011");
    expect_bytes(value, wire(9, "\x81\x80"));
    EXPECT_EQ(encode(value).bytes, encode(parsed(value.to_string())).bytes);
    expect_bytes(std::bitset<64>(~0ull), wire(64, std::string(8, '\xff')));
}

TEST(bitset, another_number_of_bits_is_out_of_range) {
    EXPECT_EQ(decode_failure<std::bitset<8>>(oids::bit, wire(9, "\x81\x80")), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<std::bitset<10>>(oids::bit, wire(9, "\x81\x80")), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<std::bitset<9>>(oids::bit, wire(9, "\x81")), errc::malformed_value);
}

} // namespace
