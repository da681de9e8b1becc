// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

namespace migrate_test {

void program::SetUpTestSuite() {
    if (source) {
        return;
    }
    pgcoro::testing::server_options options;
    options.settings = {{"autovacuum", "off"},               // which changes the source's snapshot
                        {"max_prepared_transactions", "2"}}; // which hold locks without a session
    source = pgcoro::testing::ephemeral_server::create(options).value();
    target = pgcoro::testing::ephemeral_server::create(options).value();
}

program::program() {
    static int number = 0;
    database_ = "test" + std::to_string(++number);
    source->run_sql("create database " + database_).value();
    target->run_sql("create database " + database_).value();
}

std::string program::run_sql(pgcoro::testing::ephemeral_server& server, const std::string& sql) const {
    return server.run_sql(sql, database_).value();
}

std::vector<std::string> program::arguments(const std::string& command, const std::string& from,
                                            std::vector<std::string> options) const {
    std::vector<std::string> all{command, from};
    if (command != "plan") {
        all.insert(all.end(), {"--target", target_dsn()});
    }
    all.insert(all.end(), options.begin(), options.end());
    return all;
}

outcome program::call(const std::string& command, const std::string& from, std::vector<std::string> options) const {
    return folder.call(PGCORO_MIGRATE, arguments(command, from, std::move(options)));
}

} // namespace migrate_test
