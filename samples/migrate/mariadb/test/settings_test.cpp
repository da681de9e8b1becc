// SPDX-License-Identifier: BSL-1.0
#include "mariadb/settings.hpp"

#include "failure.hpp"

#include <gtest/gtest.h>

namespace migrate::mariadb {
namespace {

TEST(mariadb_url, names_server_user_and_database) {
    const settings s = parse_url("mariadb://ann:p%40ss%2F@db.example:3307/shop").value();

    EXPECT_EQ(s.host, "db.example");
    EXPECT_EQ(s.port, 3307);
    EXPECT_EQ(s.user, "ann");
    EXPECT_EQ(s.password, "p@ss/");
    EXPECT_EQ(s.database, "shop");
    EXPECT_EQ(s.tls, tls_mode::prefer);
}

TEST(mariadb_url, can_name_a_socket_and_choices) {
    const settings s = parse_url("mysql://root@/shop?socket=/run/mysqld/mysqld.sock&zero-dates=drop-not-null"
                                 "&invalid-text=replace&sslmode=verify-full&sslrootcert=/ca.pem&defaults-file=/x.cnf")
                           .value();

    EXPECT_EQ(s.host, "");
    EXPECT_EQ(s.socket, "/run/mysqld/mysqld.sock");
    EXPECT_EQ(s.zero_dates, zero_dates::drop_not_null);
    EXPECT_EQ(s.invalid_text, invalid_text::replace);
    EXPECT_EQ(s.tls, tls_mode::verify_full);
    EXPECT_EQ(s.ca_file, "/ca.pem");
    EXPECT_EQ(s.defaults_file, "/x.cnf");
}

TEST(mariadb_url, can_name_an_address_of_ipv6) { EXPECT_EQ(parse_url("mariadb://[::1]/shop").value().host, "::1"); }

TEST(mariadb_url, that_is_wrong_is_refused_without_its_password) {
    for (const char* url : {"mariadb://u:secret@host", "mariadb://u:secret@host/", "mariadb://u:secret@host/a/b",
                            "mariadb://u:secret@host/db?color=red", "mariadb://u:secret@host/db?zero-dates=secret",
                            "mariadb://u:secret@host:99999/db", "mariadb://u:sec ret@host/db", "postgres://u:secret@host/db"}) {
        const auto refused = parse_url(url);

        ASSERT_FALSE(refused) << url;
        EXPECT_EQ(refused.error(), make_error_code(failure::wrong_usage)) << url;
        EXPECT_EQ(refused.error().message().find("secret"), std::string::npos) << refused.error().message();
    }
}

} // namespace
} // namespace migrate::mariadb
