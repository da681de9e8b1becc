// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/jsonpath.hpp>
#include <pgcoro/types/tsquery.hpp>
#include <pgcoro/types/tsvector.hpp>

#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::tsvector;
namespace oids = pgcoro::oids;

using lexeme = tsvector::lexeme;
using position = tsvector::position;

std::string count(std::int32_t n) { return big_endian(n); }
std::string word(const std::string& text, std::vector<std::uint16_t> positions = {}) {
    std::string bytes = text + '\0' + big_endian(static_cast<std::uint16_t>(positions.size()));
    for (const auto p : positions) {
        bytes += big_endian(p);
    }
    return bytes;
}

tsvector one(lexeme word) { return tsvector({std::move(word)}); }

TEST(tsvector, is_lexemes_with_positions) {
    expect_bytes(tsvector(), count(0));
    expect_bytes(tsvector({lexeme("cat", {position(3, 'A')}), lexeme("fat", {position(2), position(4, 'C')}), lexeme("x")}),
                 count(3) + word("cat", {0xc003}) + word("fat", {2, 0x4004}) + word("x"));
}

TEST(tsvector, another_number_of_bytes_is_malformed) {
    expect_only_whole<tsvector>(oids::tsvector, count(2) + word("cat", {0xc003}) + word("fat", {2, 0x4004}));
    expect_only_whole<tsvector>(oids::tsvector, count(1) + word("cat"));
}

TEST(tsvector, counts_are_not_believed) {
    EXPECT_EQ(decode_failure<tsvector>(oids::tsvector, count(-1)), errc::malformed_value);
    EXPECT_EQ(decode_failure<tsvector>(oids::tsvector, count(0x7fffffff) + word("cat")), errc::malformed_value);
    EXPECT_EQ(decode_failure<tsvector>(oids::tsvector, count(1) + "cat" + std::string(1, '\0') + "\xff\xff"),
              errc::malformed_value);
    EXPECT_EQ(decode_failure<tsvector>(oids::tsvector, count(1) + "catcatcat"), errc::malformed_value) << "no NUL";
}

TEST(tsvector, what_the_server_refuses_is_not_sent) {
    EXPECT_EQ(encode(one(lexeme(std::string(2047, 'x')))).failure, errc{});
    EXPECT_EQ(encode(one(lexeme(std::string(2048, 'x')))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(one(lexeme("x", {position(0)}))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(one(lexeme("x", {position(16384)}))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(one(lexeme("x", {position(1, 'E')}))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(one(lexeme("x", {position(2), position(2)}))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(one(lexeme("x", std::vector<position>(257, position(1))))).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(tsvector({lexeme("x"), lexeme("y"), lexeme("x")})).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(one(lexeme(std::string("a\0b", 3)))).failure, errc::invalid_text);
}

TEST(tsvector, prints_like_the_server) {
    EXPECT_EQ(to_string(tsvector()), "");
    EXPECT_EQ(to_string(tsvector({lexeme("cat", {position(3, 'A')}), lexeme("fat", {position(2, 'B'), position(4)})})),
              "'cat':3A 'fat':2B,4");
    EXPECT_EQ(to_string(one(lexeme("it's \\"))), "'it''s \\\\'");
}

const std::string and_operator("\2\2"), or_operator("\2\3"), not_operator("\2\1");
std::string phrase_operator(std::uint16_t distance) { return "\2\4" + big_endian(distance); }
std::string operand(const std::string& text, char weights = 0, char prefix = 0) {
    return std::string{1, weights, prefix} + text + '\0';
}

/// What is read is sent again as it was, and printed.
void expect_query(const std::string& bytes, const std::string& text) {
    const auto query = decode<pgcoro::tsquery>(oids::tsquery, bytes);
    EXPECT_EQ(to_string(query), text);
    EXPECT_EQ(encode(query).bytes, bytes);
    expect_only_whole<pgcoro::tsquery>(oids::tsquery, bytes);
}

TEST(tsquery, is_operators_in_front_of_operands) {
    expect_query(count(1) + operand("a"), "'a'");
    expect_query(count(3) + and_operator + operand("b") + operand("a"), "'a' & 'b'");
    expect_query(count(5) + or_operator + operand("c") + and_operator + operand("b") + operand("a"), "'a' & 'b' | 'c'");
    expect_query(count(4) + not_operator + or_operator + operand("b") + operand("a"), "!( 'a' | 'b' )");
    expect_query(count(3) + phrase_operator(1) + operand("b") + operand("a"), "'a' <-> 'b'");
    expect_query(count(5) + phrase_operator(7) + phrase_operator(1) + operand("c") + operand("b") + operand("a"),
                 "'a' <7> ( 'b' <-> 'c' )");
    EXPECT_EQ(encode(pgcoro::tsquery()).bytes, count(0));
    EXPECT_TRUE(decode<pgcoro::tsquery>(oids::tsquery, count(0)).empty());
}

TEST(tsquery, lexemes_have_weights_and_prefixes) {
    expect_query(count(1) + operand("it's", 0xf, 1), "'it''s':*ABCD");
    expect_query(count(1) + operand("a", 0x9), "'a':AD");
    expect_query(count(1) + operand("a", 0, 1), "'a':*");
}

TEST(tsquery, what_is_no_tree_is_malformed) {
    const auto failure = [](const std::string& bytes) { return decode_failure<pgcoro::tsquery>(oids::tsquery, bytes); };
    EXPECT_EQ(failure(count(2) + operand("a") + operand("b")), errc::malformed_value);
    EXPECT_EQ(failure(count(2) + and_operator + operand("a")), errc::malformed_value);
    EXPECT_EQ(failure(count(1) + not_operator), errc::malformed_value);
    EXPECT_EQ(failure(count(1) + operand("a", 0x10)), errc::malformed_value);
    EXPECT_EQ(failure(count(1) + operand("a", 0, 2)), errc::malformed_value);
    EXPECT_EQ(failure(count(2) + std::string("\2\5") + operand("a")), errc::malformed_value);
    EXPECT_EQ(failure(count(2) + std::string("\3\1") + operand("a")), errc::malformed_value);
    EXPECT_EQ(failure(count(0x7fffffff) + operand("a")), errc::malformed_value);
}

TEST(jsonpath, is_text_behind_a_version) {
    expect_bytes(pgcoro::jsonpath("$.a"), "\1$.a");
    EXPECT_EQ(decode_failure<pgcoro::jsonpath>(oids::jsonpath, ""), errc::malformed_value);
    EXPECT_EQ(decode_failure<pgcoro::jsonpath>(oids::jsonpath, "\2$.a"), errc::malformed_value);
    EXPECT_EQ(encode(pgcoro::jsonpath(std::string("$\0", 2))).failure, errc::invalid_text);
}

} // namespace
