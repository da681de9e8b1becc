// SPDX-License-Identifier: BSL-1.0
#include "codec.hpp"

#include <pgcoro/types/hstore.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::string_literals;
using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::hstore;
using pgcoro::ltree;

constexpr pgcoro::oid_number some_oid = 20000;
const std::string pairs = "\0\0\0\2\0\0\0\1a\0\0\0\1"
                          "1\0\0\0\1b\xff\xff\xff\xff"s;

template <class T>
errc decode_exact(const std::string& bytes, T& out) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    return pgcoro::pg_type<T>::decode(some_oid, as_value({exact.data(), exact.size()}), out);
}

TEST(types_hstore, bytes_both_ways) {
    const hstore value{{{"a", "1"}, {"b", std::nullopt}}};
    EXPECT_EQ(encode(value).bytes, pairs);
    hstore back;
    EXPECT_EQ(decode_exact(pairs, back), errc{});
    EXPECT_EQ(back, value);
}

TEST(types_hstore, every_cut_and_every_tail_is_malformed) {
    for (std::size_t size = 0; size < pairs.size(); ++size) {
        hstore out;
        EXPECT_EQ(decode_exact(pairs.substr(0, size), out), errc::malformed_value) << size;
    }
    hstore out;
    EXPECT_EQ(decode_exact(pairs + "x", out), errc::malformed_value);
}

TEST(types_hstore, counts_and_lengths_are_checked_before_use) {
    hstore out;
    EXPECT_EQ(decode_exact("\xff\xff\xff\xff"s, out), errc::malformed_value);
    EXPECT_EQ(decode_exact("\0\0\0\1\xff\xff\xff\xff\0\0\0\0"s, out), errc::malformed_value);
    EXPECT_EQ(decode_exact("\0\0\0\1\0\0\0\0\x7f\xff\xff\xff"s, out), errc::malformed_value);
}

TEST(types_hstore, a_key_twice_is_malformed) {
    hstore out;
    EXPECT_EQ(decode_exact("\0\0\0\2\0\0\0\1a\0\0\0\0\0\0\0\1a\0\0\0\0"s, out), errc::malformed_value);
}

TEST(types_hstore, nul_characters_cannot_be_sent) {
    EXPECT_EQ(encode(hstore{{{"a\0b"s, "1"}}}).failure, errc::invalid_text);
    EXPECT_EQ(encode(hstore{{{"a", "1\0"s}}}).failure, errc::invalid_text);
}

TEST(types_ltree, bytes_both_ways) {
    EXPECT_EQ(encode(ltree("a.b")).bytes, "\1a.b");
    ltree out;
    EXPECT_EQ(decode_exact("\1a.b", out), errc{});
    EXPECT_EQ(out.text, "a.b");
    EXPECT_EQ(decode_exact("", out), errc::malformed_value);
    EXPECT_EQ(decode_exact("\2a.b", out), errc::malformed_value);
}

} // namespace
