// SPDX-License-Identifier: BSL-1.0
#include "unit/connect_settings_fixture.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::session_attrs;
using pgcoro::test::parameter;
using pgcoro::test::refusal;
using pgcoro::test::variable;
using pgcoro::wire::endpoint_plan;
using pgcoro::wire::look_up_settings;

TEST(connect_settings, an_unset_sslmode_means_require_unless_the_address_is_a_loopback_one) {
    const connect_config config("host=db");
    EXPECT_EQ(parameter(config, "10.1.2.3", "sslmode"), "require");
    EXPECT_EQ(parameter(config, "2001:db8::1", "sslmode"), "require");
    EXPECT_EQ(parameter(config, "127.0.0.1", "sslmode"), "(unset)");
    EXPECT_EQ(parameter(config, "127.9.9.9", "sslmode"), "(unset)");
    EXPECT_EQ(parameter(config, "::1", "sslmode"), "(unset)");
    EXPECT_EQ(parameter(config, "::ffff:127.0.0.1", "sslmode"), "(unset)");
    EXPECT_EQ(parameter(config, "::ffff:10.1.2.3", "sslmode"), "require");
    EXPECT_EQ(parameter(config, "", "sslmode"), "(unset)"); // a Unix socket
}

TEST(connect_settings, a_set_sslmode_is_kept) {
    for (const char* mode : {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}) {
        connect_config config("host=db");
        config.set("sslmode", mode);
        EXPECT_EQ(parameter(config, "10.1.2.3", "sslmode"), mode);
        EXPECT_EQ(parameter(config, "127.0.0.1", "sslmode"), mode);
    }
    const variable mode("PGSSLMODE", "prefer");
    EXPECT_EQ(parameter("host=db", "10.1.2.3", "sslmode"), "prefer");
}

TEST(connect_settings, safe_defaults_are_added_and_can_be_overridden) {
    EXPECT_EQ(parameter("host=db", "10.1.2.3", "gssencmode"), "disable");
    EXPECT_EQ(parameter("host=db gssencmode=prefer", "10.1.2.3", "gssencmode"), "prefer");
    EXPECT_EQ(parameter("host=db", "10.1.2.3", "keepalives_idle"), "30");
    EXPECT_EQ(parameter("host=db", "10.1.2.3", "keepalives_interval"), "10");
    EXPECT_EQ(parameter("host=db", "10.1.2.3", "keepalives_count"), "3");
    EXPECT_EQ(parameter("host=db", "10.1.2.3", "tcp_user_timeout"), "30000");
    EXPECT_EQ(parameter("host=db tcp_user_timeout=5", "10.1.2.3", "tcp_user_timeout"), "5");
    EXPECT_EQ(parameter("host=db client_encoding=latin1", "10.1.2.3", "client_encoding"), "UTF8");
}

TEST(connect_settings, limits_come_from_setters_then_connect_timeout_then_our_default) {
    using namespace std::chrono_literals;
    EXPECT_EQ(look_up_settings("host=db").value().attempt_timeout, 10s);
    EXPECT_EQ(look_up_settings("host=db connect_timeout=3").value().attempt_timeout, 3s);
    EXPECT_EQ(look_up_settings("host=db connect_timeout=0").value().attempt_timeout, std::nullopt);
    EXPECT_EQ(look_up_settings(connect_config("connect_timeout=3").attempt_timeout(50ms)).value().attempt_timeout, 50ms);
    EXPECT_EQ(refusal("connect_timeout=soon"), errc::invalid_configuration);
}

TEST(connect_settings, the_environment_fills_what_was_not_given) {
    const variable host("PGHOST", "db1,db2");
    const variable port("PGPORT", "7000");
    const variable attrs("PGTARGETSESSIONATTRS", "read-write");
    const auto settings = look_up_settings("");
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings.value().servers.size(), 2u);
    EXPECT_EQ(settings.value().servers[1].host, "db2");
    EXPECT_EQ(settings.value().servers[1].port, 7000);
    EXPECT_EQ(settings.value().plan.wanted, session_attrs::read_write);
    EXPECT_EQ(connect_config("port=1").resolved("port").value(), "1");
    EXPECT_EQ(connect_config("port=1").resolved("host").value(), "db1,db2");
}

TEST(connect_settings, database_url_is_read_before_the_other_variables) {
    const variable url("DATABASE_URL", "postgres://app@db/shop");
    const variable user("PGUSER", "other");
    const variable password("PGPASSWORD", "hunter2");
    const auto config = connect_config::from_environment();
    EXPECT_EQ(config.resolved("user").value(), "app");
    EXPECT_EQ(config.resolved("password").value(), "hunter2");
    EXPECT_EQ(to_string(config).find("hunter2"), std::string::npos);
}

TEST(connect_settings, a_service_is_read_like_libpq_does) {
    const auto path = std::filesystem::temp_directory_path() / ("pgcoro_service_" + std::to_string(::getpid()));
    std::ofstream(path) << "[shop]\nhost=db1,db2\nport=1,2\nuser=app\nsslmode=verify-full\ngssencmode=require\n";
    const variable file("PGSERVICEFILE", path.string());
    const connect_config config("service=shop user=other");
    const auto settings = look_up_settings(config);
    ASSERT_TRUE(settings) << settings.error();
    EXPECT_EQ(settings.value().servers.size(), 2u);
    EXPECT_EQ(settings.value().servers[1].port, 2);
    EXPECT_EQ(parameter(config, "10.1.2.3", "user"), "other");
    EXPECT_EQ(parameter(config, "10.1.2.3", "sslmode"), "verify-full");
    EXPECT_EQ(parameter(config, "10.1.2.3", "gssencmode"), "require");
    EXPECT_EQ(parameter(config, "10.1.2.3", "service"), "(unset)");

    EXPECT_EQ(refusal("service=none"), errc::invalid_configuration);
    const variable none("PGSERVICE", "none");
    EXPECT_EQ(refusal(""), errc::invalid_configuration);
    std::filesystem::remove(path);
}

TEST(connect_settings, lists_that_do_not_match_are_refused) {
    EXPECT_EQ(refusal("host=a,b port=1,2,3"), errc::invalid_configuration);
    EXPECT_EQ(refusal("host=a,b hostaddr=10.0.0.1"), errc::invalid_configuration);
    EXPECT_EQ(refusal("host=a port=70000"), errc::invalid_configuration);
    EXPECT_EQ(refusal("host=a port=0"), errc::invalid_configuration);
    EXPECT_EQ(refusal("host=a target_session_attrs=master"), errc::invalid_configuration);
}

TEST(connect_settings, an_address_as_host_needs_no_lookup) {
    const auto settings = look_up_settings("host=10.0.0.1,::1,db,/run");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings.value().servers[0].address, "10.0.0.1");
    EXPECT_EQ(settings.value().servers[1].address, "::1");
    EXPECT_EQ(settings.value().servers[2].address, "");
    EXPECT_EQ(settings.value().servers[3].address, "");
}

TEST(connect_settings, values_libpq_refuses_are_refused_before_anything_is_tried) {
    for (const char* text :
         {"host=db sslmode=perhaps", "host=db ssl_min_protocol_version=TLSv9", "host=db channel_binding=maybe",
          "host=db gssencmode=perhaps", "host=db load_balance_hosts=randm"}) {
        EXPECT_EQ(refusal(text), errc::invalid_configuration) << text;
    }
}

TEST(connect_settings, shuffling_can_be_asked_for_in_the_environment) {
    const variable balance("PGLOADBALANCEHOSTS", "random");
    EXPECT_TRUE(look_up_settings("host=a,b").value().plan.shuffle);
    EXPECT_FALSE(look_up_settings("host=a,b load_balance_hosts=disable").value().plan.shuffle);
}

TEST(connect_settings, a_pin_demands_tls) {
    const std::string pin(64, 'a');
    EXPECT_EQ(parameter(connect_config("host=db").pin_sha256(pin), "127.0.0.1", "sslmode"), "require");
    EXPECT_EQ(parameter(connect_config("host=db sslmode=prefer").pin_sha256(pin), "127.0.0.1", "sslmode"), "require");
    EXPECT_EQ(parameter(connect_config("host=db sslmode=verify-full").pin_sha256(pin), "127.0.0.1", "sslmode"), "verify-full");
    EXPECT_EQ(refusal(connect_config("host=db sslmode=disable").pin_sha256(pin)), errc::invalid_configuration);
    EXPECT_EQ(refusal(connect_config("host=/run").pin_sha256(pin)), errc::invalid_configuration);
    EXPECT_EQ(refusal(connect_config("host=db gssencmode=prefer").pin_sha256(pin)), errc::invalid_configuration);
    EXPECT_TRUE(look_up_settings(connect_config("host=db gssencmode=disable").pin_sha256(pin)));
}

TEST(connect_settings, versions_of_libpq_whose_pipelines_break_are_refused) {
    using pgcoro::wire::check_libpq_version;
    for (int bad : {130020, 140010, 150005, 160001}) {
        EXPECT_EQ(check_libpq_version(bad).error(), errc::not_supported_by_libpq) << bad;
    }
    for (int good : {140011, 150006, 160002, 170000, 180001}) {
        EXPECT_TRUE(check_libpq_version(good)) << good;
    }
}

TEST(connect_settings, blanks_around_a_uri_are_none_of_its_parts) {
    const auto config = connect_config::parse("\n postgresql://app@db/shop\r\n");
    ASSERT_TRUE(config) << config.error();
    EXPECT_EQ(config.value().get("dbname"), "shop");
    const auto broken = connect_config::parse("postgresql://app@db/shop\n?sslmode=require");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().message(), "the connection string is malformed at character 25: a line break in a URI");
}

TEST(connect_settings, a_password_file_that_libpq_would_complain_about_is_kept_from_it) {
    const auto path = std::filesystem::temp_directory_path() / ("pgcoro-passfile-" + std::to_string(::getpid()));
    std::ofstream(path) << "*:*:*:*:secret\n";
    using std::filesystem::perms;
    const auto hint = [&](perms who) {
        std::filesystem::permissions(path, who);
        testing::internal::CaptureStderr();
        auto settings = look_up_settings(connect_config("host=db").password_file(path.string()));
        EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
        EXPECT_EQ(settings.value().plan.login_hint.empty(), settings.value().parameters["passfile"] == path.string());
        return settings.value().plan.login_hint;
    };
    EXPECT_EQ(hint(perms::owner_read | perms::owner_write), "");
    EXPECT_NE(hint(perms::owner_read | perms::group_read).find("users other than its owner can access it"), std::string::npos);
    testing::internal::CaptureStderr();
    const auto unused = look_up_settings(connect_config("host=db password=x").password_file(path.string()));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(unused.value().plan.login_hint, "") << "libpq looks for no other password";
    std::filesystem::remove(path);
    EXPECT_EQ(look_up_settings(connect_config("host=db").password_file(path.string())).value().plan.login_hint, "");
}

} // namespace
