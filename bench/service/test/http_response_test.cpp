// SPDX-License-Identifier: BSL-1.0
#include "http_response.hpp"

#include <gtest/gtest.h>

namespace {

using bench::service::response_parser;
using state = response_parser::state;

/// Feeds it whole, and a byte at a time: both must come to the same.
response_parser parse(const std::string& bytes) {
    response_parser whole;
    EXPECT_LE(whole.feed(bytes), bytes.size());
    response_parser piecewise;
    for (const char c : bytes) {
        piecewise.feed({&c, 1});
    }
    EXPECT_EQ(piecewise.current(), whole.current());
    EXPECT_EQ(piecewise.body(), whole.body());
    EXPECT_EQ(piecewise.status(), whole.status());
    EXPECT_EQ(piecewise.keeps_alive(), whole.keeps_alive());
    return whole;
}

TEST(http_response, a_body_with_a_length_is_complete_with_its_last_byte) {
    const std::string head = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length:  5 \r\n\r\nhell";

    EXPECT_EQ(parse(head).current(), state::incomplete);
    const auto whole = parse(head + "o");

    EXPECT_EQ(whole.current(), state::complete);
    EXPECT_EQ(whole.status(), 200);
    EXPECT_EQ(whole.body(), "hello");
    EXPECT_TRUE(whole.keeps_alive());
}

TEST(http_response, chunks_are_joined) {
    const auto whole = parse("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
                             "4;name=value\r\n{\"a\"\r\n00A\r\n: \"\r\n0\r\n\"}\r\n0\r\nTrailer: x\r\n\r\n");

    EXPECT_EQ(whole.current(), state::complete);
    EXPECT_EQ(whole.body(), "{\"a\": \"\r\n0\r\n\"}");
}

TEST(http_response, what_follows_belongs_to_the_next_response) {
    const std::string first = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    response_parser parser;

    EXPECT_EQ(parser.feed(first + "HTTP/1.1 200 OK\r\n"), first.size());

    EXPECT_EQ(parser.current(), state::complete);
    EXPECT_EQ(parser.status(), 503);
}

TEST(http_response, a_provisional_response_is_skipped) {
    const auto whole = parse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");

    EXPECT_EQ(whole.current(), state::complete);
    EXPECT_EQ(whole.status(), 204);
}

TEST(http_response, the_end_of_the_connection_completes_a_body_without_a_length) {
    auto parser = parse("HTTP/1.1 200 OK\r\n\r\nall of it");
    EXPECT_EQ(parser.current(), state::incomplete);

    parser.on_end();

    EXPECT_EQ(parser.current(), state::complete);
    EXPECT_EQ(parser.body(), "all of it");
    EXPECT_FALSE(parser.keeps_alive());
}

TEST(http_response, the_end_of_the_connection_within_a_body_is_no_response) {
    for (const char* const cut : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
        auto parser = parse(cut);
        parser.on_end();
        EXPECT_EQ(parser.current(), state::invalid) << cut;
    }
}

TEST(http_response, the_connection_lasts_as_the_response_says) {
    EXPECT_FALSE(parse("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").keeps_alive());
    EXPECT_FALSE(parse("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keeps_alive());
    EXPECT_TRUE(parse("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n").keeps_alive());
}

TEST(http_response, what_leaves_the_length_open_is_invalid) {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    for (const std::string rest :
         {"Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n",
          "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding: gzip\r\n",
          "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "no colon\r\n"}) {
        EXPECT_EQ(parse(head + rest).current(), state::invalid) << rest;
    }
}

TEST(http_response, other_protocols_are_invalid) {
    for (const char* const line : {"HTTP/2 200\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 abc\r\n", "SSH-2.0-x\r\n", "\r\n"}) {
        EXPECT_EQ(parse(line).current(), state::invalid) << line;
    }
}

TEST(http_response, headers_and_bodies_have_limits) {
    EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'a')).current(), state::invalid);
    response_parser parser;
    parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n");
    parser.feed(std::string(2'000'000, 'a'));
    EXPECT_EQ(parser.current(), state::invalid);
}

} // namespace
