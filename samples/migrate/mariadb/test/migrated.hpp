// SPDX-License-Identifier: BSL-1.0
// A database of MariaDB, migrated to a throwaway PostgreSQL.
#pragma once

#include "mariadb/mariadb_source.hpp"
#include "mariadb_server.hpp"
#include "migration_plan.hpp"
#include "report.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate::test {

struct migrated_database {
    schema from;
    migration_plan plan; // points into `from`
    migrate::report report;

    /// Of a table, "shop.t".
    const table_report& of(const std::string& name) const;
};

/// One server of each kind for all tests of the program; every test has a database "shop" of its own.
class mariadb_test : public testing::Test {
protected:
    static void SetUpTestSuite();
    mariadb_test();

    /// Runs statements in the database "shop".
    static void source_sql(std::string_view statements) { source->run_sql(statements, "shop"); }
    /// "1|a\n2|b" of a query in PostgreSQL.
    static std::string target_sql(std::string_view text, std::string_view database = "postgres");
    static std::string url(const std::string& options = "") { return source->url("shop", options); }

    static pgcoro::result<std::unique_ptr<migrated_database>>
    try_migrate(const std::string& options = "", const mapping_rules& rules = {}, const source_options& how = {});
    /// It must succeed, and each table must be the same at both sides.
    static std::unique_ptr<migrated_database> migrate_all(const std::string& options = "", const mapping_rules& rules = {},
                                                          const source_options& how = {});
    /// The message of its failure.
    static std::string failure_of(const std::string& options = "", const mapping_rules& rules = {},
                                  const source_options& how = {});
    /// The plan alone.
    static std::unique_ptr<migrated_database> plan_all(const std::string& options = "", const mapping_rules& rules = {});

    inline static std::optional<mariadb_server> source;
    inline static std::optional<pgcoro::testing::ephemeral_server> target;
};

/// The texts of the notes and obstacles of an object, separated by line feeds.
std::string notes_of(const migrated_database& m, std::string_view object);

} // namespace migrate::test
