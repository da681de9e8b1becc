// SPDX-License-Identifier: BSL-1.0
#include "connect/connect_options.hpp"
#include "connect/settings_memory.hpp"
#include "unit/connect_settings_fixture.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace {

using pgcoro::connect_config;
using pgcoro::test::variable;

/// Asks the memory of `c` itself.
std::shared_ptr<const pgcoro::wire::connect_settings> settings_of(const connect_config& c) {
    return c.details().memory->settings_of(c).value();
}

TEST(remembered_settings, are_looked_up_once_for_all_copies) {
    const connect_config config("host=db application_name=a");
    const auto first = settings_of(config);
    EXPECT_EQ(first->parameters.at("application_name"), "a");
    EXPECT_EQ(settings_of(config), first);
    const connect_config copy = config;
    EXPECT_EQ(settings_of(copy), first);
    EXPECT_NE(settings_of(connect_config("host=db application_name=a")), first);
}

TEST(remembered_settings, are_forgotten_when_a_copy_is_changed) {
    connect_config config("host=db");
    const connect_config before = config;
    const auto first = settings_of(before);
    config.set("application_name", "changed");
    EXPECT_EQ(settings_of(config)->parameters.at("application_name"), "changed");
    EXPECT_EQ(settings_of(before), first);
}

TEST(remembered_settings, follow_the_environment) {
    const connect_config config("host=db");
    const auto first = settings_of(config);
    {
        const variable name("PGAPPNAME", "from outside");
        EXPECT_EQ(settings_of(config)->parameters.at("application_name"), "from outside");
        const variable another("PGAPPNAME", "from elsewhere");
        EXPECT_EQ(settings_of(config)->parameters.at("application_name"), "from elsewhere");
    }
    EXPECT_EQ(settings_of(config)->parameters.count("application_name"), first->parameters.count("application_name"));
}

TEST(remembered_settings, follow_the_rights_of_the_password_file) {
    using std::filesystem::perms;
    const auto path = std::filesystem::temp_directory_path() / ("pgcoro-remembered-" + std::to_string(::getpid()));
    const auto config = connect_config("host=db").password_file(path.string());
    EXPECT_EQ(settings_of(config)->plan.login_hint, "");
    std::ofstream(path) << "*:*:*:*:secret\n";
    std::filesystem::permissions(path, perms::owner_read | perms::group_read);
    EXPECT_NE(settings_of(config)->plan.login_hint, "");
    EXPECT_NE(settings_of(config)->parameters.at("passfile"), path.string());
    std::filesystem::permissions(path, perms::owner_read);
    EXPECT_EQ(settings_of(config)->plan.login_hint, "");
    EXPECT_EQ(settings_of(config)->parameters.at("passfile"), path.string());
    std::filesystem::remove(path);
}

TEST(remembered_settings, follow_the_service_file) {
    const auto path = std::filesystem::temp_directory_path() / ("pgcoro-service-" + std::to_string(::getpid()));
    const variable file("PGSERVICEFILE", path.string());
    std::ofstream(path) << "[shop]\ndbname=one\n";
    const connect_config config("service=shop");
    EXPECT_EQ(settings_of(config)->parameters.at("dbname"), "one");
    std::ofstream(path) << "[shop]\ndbname=two\n";
    EXPECT_EQ(settings_of(config)->parameters.at("dbname"), "two");
    std::filesystem::remove(path);
}

TEST(remembered_settings, are_no_mistakes) {
    connect_config config("host=db");
    config.set("sslmode", "nonsense");
    EXPECT_EQ(config.details().memory->settings_of(config).error(), pgcoro::errc::invalid_configuration);
    EXPECT_EQ(config.details().memory->settings_of(config).error(), pgcoro::errc::invalid_configuration);
}

} // namespace
