// SPDX-License-Identifier: BSL-1.0
#include "make_source.hpp"

#include "failure.hpp"
#include "mariadb/mariadb_source.hpp"
#include "postgres_source.hpp"
#include "sqlite/sqlite_source.hpp"

#include <pgcoro/connect_config.hpp>

#include <chrono>
#include <string_view>

namespace migrate {

pgcoro::connect_config postgres_config(const std::string& name) {
    auto config = name.empty() ? pgcoro::connect_config::from_environment() : pgcoro::connect_config(name);
    config.application_name("pgcoro-migrate").timeout(std::chrono::seconds(60));
    return config;
}

pgcoro::result<std::unique_ptr<source>> make_source(const std::string& name, const source_options& options) {
    std::unique_ptr<source> made;
    constexpr std::string_view of_sqlite = "sqlite:";
    if (name.starts_with(of_sqlite)) {
        made = std::make_unique<sqlite::sqlite_source>(name.substr(of_sqlite.size()), options);
        return made;
    }
    if (mariadb::is_url(name)) {
        BOOST_OUTCOME_TRY(auto settings, mariadb::parse_url(name));
        made = std::make_unique<mariadb::mariadb_source>(std::move(settings), options);
        return made;
    }
    made = std::make_unique<postgres_source>(postgres_config(name), options);
    return made;
}

} // namespace migrate
