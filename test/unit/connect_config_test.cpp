// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/connect_config.hpp>

#include "connect/connect_options.hpp"
#include "unit/connect_settings_fixture.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace {

using pgcoro::connect_config;
using pgcoro::errc;
using pgcoro::session_attrs;
using pgcoro::test::parameter;
using pgcoro::test::refusal;
using pgcoro::wire::endpoint_plan;
using pgcoro::wire::look_up_settings;

// Aggregates as temporaries in a co_await expression are destroyed twice by GCC before 13.
static_assert(!std::is_aggregate_v<pgcoro::backoff_options> && !std::is_aggregate_v<connect_config>);

pgcoro::error problem(const connect_config& config) {
    const auto sound = config.check();
    return sound ? pgcoro::error() : sound.error();
}

std::string message_of(std::string_view text) {
    const auto parsed = connect_config::parse(text);
    return parsed ? "(no error)" : parsed.error().message();
}

TEST(connect_config, takes_keywords) {
    const connect_config config("host=db port = 6543 user='a b' dbname=it\\'s");
    EXPECT_TRUE(config.check());
    EXPECT_EQ(config.get("host"), "db");
    EXPECT_EQ(config.get("port"), "6543");
    EXPECT_EQ(config.get("user"), "a b");
    EXPECT_EQ(config.get("dbname"), "it's");
    EXPECT_EQ(config.get("password"), "");
}

TEST(connect_config, takes_uris) {
    const connect_config config("postgresql://us%20er:se%3Fcret@h1:1,[::1]:2/shop?application_name=x%26y&sslmode=verify-full");
    EXPECT_TRUE(config.check());
    EXPECT_EQ(config.get("host"), "h1,::1");
    EXPECT_EQ(config.get("port"), "1,2");
    EXPECT_EQ(config.get("user"), "us er");
    EXPECT_EQ(config.get("password"), "se?cret");
    EXPECT_EQ(config.get("dbname"), "shop");
    EXPECT_EQ(config.get("application_name"), "x&y");
    EXPECT_EQ(config.get("sslmode"), "verify-full");
}

TEST(connect_config, understands_load_balance_hosts_whatever_libpq_does) {
    for (const char* text :
         {"host=a,b load_balance_hosts=random user=u", "load_balance_hosts='random' host=a,b user=u",
          "postgres://u@a,b/?load_balance_hosts=random", "postgres://u@a,b/?load_balance_hosts=random&options=-cx",
          "postgres://u@a,b?options=-cx&load_balance_hosts=random"}) {
        const connect_config config(text);
        const auto settings = look_up_settings(config);
        ASSERT_TRUE(settings) << text << ": " << settings.error();
        EXPECT_TRUE(settings.value().plan.shuffle) << text;
        EXPECT_EQ(settings.value().servers.size(), 2u) << text;
        EXPECT_EQ(config.get("user"), "u") << text;
    }
}

TEST(connect_config, malformed_text_is_refused_with_the_place_and_without_the_text) {
    EXPECT_EQ(message_of("host=db password=my secret"),
              "the connection string is malformed at character 21: a keyword without \"=\"");
    EXPECT_EQ(message_of("host=db password=my se=cret"),
              "the connection string is malformed at character 21: an unknown keyword");
    EXPECT_EQ(message_of("password='secret"),
              "the connection string is malformed at character 10: a quoted value without its closing quote");
    EXPECT_EQ(message_of("postgres://u@h/?hots=secret"),
              "the connection string is malformed at character 17: an unknown keyword");
    EXPECT_EQ(message_of("postgres://u@h/?host"),
              "the connection string is malformed at character 17: a query parameter without \"=\"");
    for (const char* text : {"postgres://u:sec%zzret@h", "postgres://u:secret@[::1", "postgres://u:%00secret@h",
                             "postgres://u:secret@h/?host=a=b"}) {
        const auto parsed = connect_config::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error(), errc::invalid_configuration);
        EXPECT_EQ(parsed.error().describe().find("ret"), std::string::npos) << parsed.error();
    }
}

TEST(connect_config, text_of_strangers_may_only_set_what_is_allowed) {
    const auto problem_of = [](std::string_view text) {
        const auto parsed = connect_config::parse(text, {"host", "port", "user", "password", "dbname"});
        return parsed ? std::string() : std::string(parsed.error().message());
    };
    EXPECT_EQ(problem_of("host=db port=5432 user=u password=p dbname=shop"), "");
    EXPECT_EQ(problem_of("postgresql://u:p@db:5432/shop"), "");
    EXPECT_EQ(problem_of(""), "");
    for (const std::string keyword :
         {"service", "passfile", "sslkey", "sslcert", "sslrootcert", "sslcrl", "sslcrldir", "sslmode", "options", "hostaddr",
          "requirepeer", "krbsrvname", "gssencmode", "target_session_attrs", "connect_timeout", "load_balance_hosts"}) {
        const auto refused = std::string("the connection string may not set ").append(keyword);
        EXPECT_EQ(problem_of(std::string("host=db ").append(keyword).append("=1")), refused);
        EXPECT_EQ(problem_of(std::string("postgresql://u@db/shop?").append(keyword).append("=1")), refused);
    }
    EXPECT_EQ(problem_of("postgresql://u@db/shop?ssl=true"), "the connection string may not set sslmode");
    EXPECT_EQ(problem_of("host=db sslkeylogfile=/tmp/keys").find("/tmp"), std::string::npos);
    EXPECT_NE(problem_of("host=db sslkeylogfile=/tmp/keys"), "");
    EXPECT_NE(problem_of("host=db nonsense"), "");
}

TEST(connect_config, an_empty_list_allows_nothing) {
    EXPECT_TRUE(connect_config::parse("", {}));
    const auto refused = connect_config::parse("user=u", {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::invalid_configuration);
}

TEST(connect_config, a_database_name_is_a_name_and_no_connection_string) {
    const auto parsed = connect_config::parse("dbname='host=evil sslmode=disable' user=u", {"dbname", "user"});
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed.value().get("host"), "");
    EXPECT_EQ(parameter(parsed.value(), "192.0.2.1", "dbname"), "host=evil sslmode=disable");
    EXPECT_EQ(parameter(parsed.value(), "192.0.2.1", "sslmode"), "require");
}

TEST(connect_config, a_malformed_string_is_remembered) {
    connect_config config("nonsense");
    config.host("db");
    ASSERT_FALSE(config.check());
    EXPECT_EQ(problem(config), errc::invalid_configuration);
    EXPECT_EQ(refusal(config), errc::invalid_configuration);
}

TEST(connect_config, a_nul_character_is_refused_wherever_it_is) {
    using namespace std::string_literals;
    EXPECT_EQ(problem(connect_config("host=db\0user=x"s)), errc::invalid_text);
    for (const auto setter : {&connect_config::host, &connect_config::user, &connect_config::password,
                              &connect_config::database, &connect_config::options, &connect_config::application_name}) {
        connect_config config;
        (config.*setter)("a\0b"s);
        EXPECT_EQ(problem(config), errc::invalid_text);
    }
}

TEST(connect_config, keywords_of_a_newer_libpq_say_which) {
    if (PQlibVersion() >= 180000) {
        GTEST_SKIP() << "this libpq knows them all";
    }
    const auto refused = connect_config::parse("host=db scram_client_key=abc");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), errc::not_supported_by_libpq);
    EXPECT_TRUE(refused.error().message().starts_with("scram_client_key needs libpq 18")) << refused.error();
    EXPECT_EQ(problem(connect_config().set("scram_client_key", "abc")), errc::not_supported_by_libpq);
    EXPECT_EQ(problem(connect_config().set("hots", "abc")), errc::invalid_configuration);
}

TEST(connect_config, keywords_of_libpq_19_say_so) {
    if (PQlibVersion() >= 190000) {
        GTEST_SKIP() << "this libpq knows them all";
    }
    for (const std::string keyword : {"servicefile", "oauth_ca_file"}) {
        const auto refused = connect_config::parse(keyword + "=/file");
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), errc::not_supported_by_libpq);
        EXPECT_TRUE(refused.error().message().starts_with(keyword + " needs libpq 19")) << refused.error();
    }
}

TEST(connect_config, setters_write_libpqs_keywords) {
    connect_config config;
    config.host("h").port(1).database("d").user("u").password("p").application_name("n").options("-c x=y");
    config.sslmode(pgcoro::sslmode::verify_ca).channel_binding(pgcoro::channel_binding::require);
    config.target_session_attrs(session_attrs::prefer_standby);
    config.ca_file("/ca").client_certificate_file("/crt").client_key_file("/key").client_key_password("k");
    EXPECT_EQ(to_string(config),
              "application_name=n channel_binding=require dbname=d host=h options='-c x=y' password=**** port=1 "
              "sslcert=/crt sslkey=/key sslmode=verify-ca sslpassword=**** sslrootcert=/ca "
              "target_session_attrs=prefer-standby user=u");

    connect_config more;
    more.service("s").load_balance_hosts().keepalives(std::chrono::seconds(7), std::chrono::seconds(8), 9);
    more.tcp_user_timeout(std::chrono::seconds(2)).channel_binding(pgcoro::channel_binding::disable);
    EXPECT_EQ(to_string(more), "channel_binding=disable keepalives_count=9 keepalives_idle=7 keepalives_interval=8 "
                               "load_balance_hosts=random service=s tcp_user_timeout=2000");
    more.load_balance_hosts(false).channel_binding(pgcoro::channel_binding::prefer);
    EXPECT_EQ(more.get("load_balance_hosts"), "disable");
    EXPECT_EQ(more.get("channel_binding"), "prefer");
}

TEST(connect_config, the_systems_authorities_need_libpq_16) {
    const auto settings = look_up_settings(connect_config("host=db sslmode=verify-full").ca_file("system"));
    if (PQlibVersion() >= 160000) {
        EXPECT_TRUE(settings) << settings.error();
    } else {
        ASSERT_FALSE(settings);
        EXPECT_EQ(settings.error(), errc::not_supported_by_libpq);
    }
}

TEST(connect_config, hosts_are_added_with_their_ports) {
    connect_config config;
    config.add_host("a", 1).add_host("b").add_host("c", 3);
    EXPECT_EQ(config.get("host"), "a,b,c");
    EXPECT_EQ(config.get("port"), "1,5432,3");
    connect_config more("host=a,b port=7");
    more.add_host("c", 3);
    EXPECT_EQ(more.get("port"), "7,7,3");
    connect_config fixed("host=a hostaddr=10.0.0.1");
    fixed.add_host("b", 2);
    const auto settings = look_up_settings(fixed);
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings.value().servers.size(), 2u);
    EXPECT_EQ(settings.value().servers[0].address, "10.0.0.1");
    EXPECT_EQ(settings.value().servers[0].port, 5432);
    EXPECT_EQ(settings.value().servers[1].address, "");
    EXPECT_EQ(settings.value().servers[1].port, 2);
}

TEST(connect_config, printing_shows_no_secret) {
    connect_config config("host=db password=hunter2 sslpassword=hunter2");
    config.client_key_pem("-----BEGIN PRIVATE KEY-----hunter2").user("hunter");
    std::ostringstream out;
    out << config;
    EXPECT_EQ(out.str(), "host=db password=**** sslkey=(in memory) sslpassword=**** user=hunter");
}

TEST(connect_config, text_becomes_a_file_of_memory_only_we_may_read) {
    connect_config config;
    config.ca_pem("certificates");
    const auto path = config.get("sslrootcert");
    std::ifstream file(path);
    std::string content;
    file >> content;
    EXPECT_EQ(content, "certificates");
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_FALSE(std::ofstream(path, std::ios::app) << "more" << std::flush);
}

TEST(connect_config, a_file_of_memory_lives_as_long_as_a_copy_of_the_configuration) {
    std::optional<connect_config> first(std::in_place);
    first->ca_pem("certificates");
    connect_config second = *first;
    first.reset();
    EXPECT_TRUE(std::ifstream(second.get("sslrootcert")));
    const auto path = second.get("sslrootcert");
    second.ca_file("/elsewhere");
    EXPECT_FALSE(std::ifstream(path));
}

TEST(connect_config, a_copy_is_independent) {
    connect_config first("host=db");
    connect_config second;
    second = first;
    second.host("other");
    EXPECT_EQ(first.get("host"), "db");
    EXPECT_EQ(second.get("host"), "other");
}

TEST(connect_config, a_moved_from_configuration_is_empty_and_can_be_used) {
    connect_config first("host=db");
    const connect_config second = std::move(first);
    EXPECT_EQ(second.get("host"), "db");
    EXPECT_EQ(first.get("host"), ""); // NOLINT(bugprone-use-after-move): this is what is tested
    EXPECT_EQ(first.host("other").get("host"), "other");
}

TEST(connect_config, a_fingerprint_is_64_digits_with_or_without_colons) {
    std::string colons;
    for (int i = 0; i < 32; ++i) {
        colons += i == 0 ? "Ab" : ":Ab";
    }
    EXPECT_EQ(connect_config().pin_sha256(colons).details().pins.at(0).substr(0, 4), "abab");
    EXPECT_EQ(problem(connect_config().pin_sha256("abcd")), errc::invalid_configuration);
    EXPECT_EQ(problem(connect_config().pin_sha256(std::string(64, 'x'))), errc::invalid_configuration);
}

} // namespace
