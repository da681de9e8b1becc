// SPDX-License-Identifier: BSL-1.0
#include "connect/connect_error.hpp"

#include <gtest/gtest.h>

namespace {

using namespace pgcoro::literals;
using pgcoro::sqlstate;
using pgcoro::wire::parse_connect_error;

TEST(connect_error, gives_the_code_and_the_message_without_the_noise) {
    const auto e = parse_connect_error("FATAL:  28P01: password authentication failed for user \"app\"\n"
                                       "LOCATION:  auth_failed, auth.c:330\n");
    ASSERT_TRUE(e);
    EXPECT_EQ(e->sqlstate(), sqlstate::invalid_password);
    EXPECT_EQ(e->message(), "password authentication failed for user \"app\"");
    EXPECT_EQ(e->detail(), "");
    EXPECT_EQ(e->severity(), "FATAL");
    EXPECT_TRUE(e->connection_lost());
}

TEST(connect_error, keeps_what_follows_as_detail) {
    const auto e = parse_connect_error("FATAL:  57P03: the database system is not accepting connections\n"
                                       "DETAIL:  Hot standby mode is disabled.\n"
                                       "LOCATION:  ProcessStartupPacket, postmaster.c:2384\n");
    ASSERT_TRUE(e);
    EXPECT_EQ(e->sqlstate(), "57P03"_sqlstate);
    EXPECT_EQ(e->detail(), "Hot standby mode is disabled.");
}

TEST(connect_error, does_not_need_a_location) { // a pooler sends none
    const auto e = parse_connect_error("FATAL:  08P01: no such database: shop\n");
    ASSERT_TRUE(e);
    EXPECT_EQ(e->sqlstate(), "08P01"_sqlstate);
    EXPECT_EQ(e->message(), "no such database: shop");
}

TEST(connect_error, severity_may_be_in_any_language) {
    for (const char* severity : {"FATALE", "ВАЖНО", "致命错误", "ÖLÜMCÜL (FATAL)"}) {
        const auto e = parse_connect_error(std::string(severity) + ":  3D000: x\nEMPLACEMENT :  a, b.c:1\n");
        ASSERT_TRUE(e) << severity;
        EXPECT_EQ(e->sqlstate(), sqlstate::invalid_catalog_name);
        EXPECT_EQ(e->severity(), "FATAL");
        EXPECT_EQ(e->detail(), "");
    }
}

TEST(connect_error, a_message_that_looks_like_a_header_is_a_message) {
    const auto e = parse_connect_error("FATAL:  3D000: database \"FATAL:  28P01: x\" does not exist\nLOCATION:  a, b.c:1\n");
    ASSERT_TRUE(e);
    EXPECT_EQ(e->sqlstate(), sqlstate::invalid_catalog_name);
    EXPECT_EQ(e->message(), "database \"FATAL:  28P01: x\" does not exist");
}

TEST(connect_error, texts_of_libpq_itself_are_none) {
    for (const char* text : {
             "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n",
             "fe_sendauth: no password supplied\n",
             "SSL error: certificate verify failed\n",
             "server certificate for \"FATAL:  28P01: x\" does not match host name \"db\"\n",
             "root certificate file \"/a:  28P01: x\" does not exist\n",
             "timeout expired\n",
         }) {
        EXPECT_FALSE(parse_connect_error(text)) << text;
    }
}

TEST(connect_error, what_is_cut_short_or_malformed_is_none) {
    for (const char* text : {"", "\n", ":", ":\n", "FATAL:  28P01: no end of line", "FATAL:  28P01\n", "FATAL:  28P0\n",
                             "FATAL:\n", "FATAL: 28P01: one blank\n", "FATAL:  28p01: lower case\n", ":  28P01: no severity\n",
                             "FATAL:  28P01:no blank\n", "word\nFATAL:  28P01: second line\n"}) {
        EXPECT_FALSE(parse_connect_error(text)) << text;
    }
}

TEST(connect_error, an_unfinished_line_behind_it_is_left_out) { // the beginning of libpq's next attempt
    const auto e = parse_connect_error("FATAL:  28000: no pg_hba.conf entry\nLOCATION:  a, b.c:1\n"
                                       "connection to server at \"::1\", port 5432 failed: ");
    ASSERT_TRUE(e);
    EXPECT_EQ(e->message(), "no pg_hba.conf entry");
    EXPECT_EQ(e->detail(), "");
}

} // namespace
