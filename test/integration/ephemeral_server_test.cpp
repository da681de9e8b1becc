// SPDX-License-Identifier: BSL-1.0
// What a throwaway server promises while its owner lives.
#include "support/libpq_session.hpp"
#include "support/shared_server.hpp"

#include <gtest/gtest.h>

namespace {

using pgcoro::test::libpq_session;
using pgcoro::test::shared_server;
using pgcoro::testing::ephemeral_server;

TEST(ephemeral_server, answers_on_the_socket_and_on_tcp) {
    for (const auto& dsn : {shared_server().dsn(), shared_server().tcp_dsn()}) {
        libpq_session session(dsn);
        ASSERT_TRUE(session.connected()) << session.complaint();
        EXPECT_EQ(session.value("select current_user"), "postgres");
    }
}

TEST(ephemeral_server, is_gone_with_its_files_when_the_object_goes) {
    std::string dsn;
    std::filesystem::path folder;
    {
        auto server = ephemeral_server::create().value();
        dsn = server.dsn();
        folder = server.socket_directory();
        EXPECT_TRUE(libpq_session(dsn).connected());
    }
    EXPECT_FALSE(std::filesystem::exists(folder));
    EXPECT_FALSE(libpq_session(dsn).connected());
}

} // namespace
