// SPDX-License-Identifier: BSL-1.0
// HTTP itself: connections that last, requests one behind the other, and what is no request.
#include "service_fixture.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace shop_test;

class protocol : public service_test {};

TEST_F(protocol, a_connection_takes_several_requests) {
    raw_connection line(port());
    for (const std::string target : {"/health/live", "/db", "/products"}) {
        line.write("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_TRUE(line.read_until("}"));
    }
    line.write("GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(line.read_to_end());
    EXPECT_NE(line.so_far().find("HTTP/1.1 404 Not Found"), std::string::npos);
}

TEST_F(protocol, requests_one_behind_the_other_are_answered_in_order) {
    raw_connection line(port());
    line.write("GET /queries?count=50 HTTP/1.1\r\nHost: h\r\n\r\nGET /health/live HTTP/1.1\r\nHost: h\r\n"
               "Connection: close\r\n\r\n");
    EXPECT_TRUE(line.read_to_end());
    EXPECT_LT(line.so_far().find("randomnumber"), line.so_far().find("live"));
    EXPECT_TRUE(line.so_far().ends_with("{\"live\":true}"));
}

TEST_F(protocol, a_client_that_asks_first_is_told_to_go_on) {
    raw_connection line(port());
    line.write("POST /products HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
               "Expect: 100-continue\r\n\r\n");
    ASSERT_TRUE(line.read_until("HTTP/1.1 100 Continue\r\n\r\n"));
    line.write("{}");
    EXPECT_TRUE(line.read_until("HTTP/1.1 422"));
}

TEST_F(protocol, a_client_of_http_1_0_gets_a_list_without_chunks) {
    sql("insert into products (name, price_cents, stock) select 'p' || i, i, i from generate_series(1, 1000) i");
    raw_connection line(port());
    line.write("GET /products/export HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(line.read_to_end());
    EXPECT_EQ(line.so_far().find("chunked"), std::string::npos);
    const auto body = line.so_far().substr(line.so_far().find("\r\n\r\n") + 4);
    EXPECT_EQ(std::ranges::count(body, '\n'), 1000);
}

TEST_F(protocol, what_is_no_request_is_refused_and_ends_the_connection) {
    raw_connection line(port());
    line.write("this is not HTTP\r\n\r\n");
    EXPECT_TRUE(line.read_to_end());
    EXPECT_TRUE(line.so_far().starts_with("HTTP/1.1 400 Bad Request"));
    EXPECT_EQ(get("/health/live").status, 200);
}

} // namespace
