// SPDX-License-Identifier: BSL-1.0
// Runs the program as its users do, from one throwaway server into another.
#pragma once

#include "common/testing/child.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace migrate_test {

using common::testing::outcome;

/// Two servers for all tests; in each a new database for every test.
class program : public testing::Test {
protected:
    static void SetUpTestSuite();
    program();

    std::string source_dsn() const { return source->dsn() + " dbname=" + database_; }
    std::string target_dsn() const { return target->dsn() + " dbname=" + database_; }
    /// Runs SQL in the database of this test.
    std::string at_source(const std::string& sql) const { return run_sql(*source, sql); }
    std::string at_target(const std::string& sql) const { return run_sql(*target, sql); }

    /// `pgcoro-migrate run SOURCE --target DSN ...`.
    outcome run(std::vector<std::string> options = {}) const { return call("run", source_dsn(), std::move(options)); }
    outcome call(const std::string& command, const std::string& from, std::vector<std::string> options = {}) const;
    std::vector<std::string> arguments(const std::string& command, const std::string& from,
                                       std::vector<std::string> options) const;

    inline static std::optional<pgcoro::testing::ephemeral_server> source;
    inline static std::optional<pgcoro::testing::ephemeral_server> target;
    common::testing::folder folder;

private:
    std::string run_sql(pgcoro::testing::ephemeral_server& server, const std::string& sql) const;

    std::string database_;
};

} // namespace migrate_test
