// SPDX-License-Identifier: BSL-1.0
// Runs the program as its users do, on a throwaway server.
#pragma once

#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/json/object.hpp>

#include <gtest/gtest.h>

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace etl_test {

struct outcome {
    int exit_code = -1; // -1: ended by a signal
    std::string out;
    std::string err;

    bool err_has(const std::string& text) const { return err.find(text) != std::string::npos; }
    bool out_has(const std::string& text) const { return out.find(text) != std::string::npos; }
};

/// One server for all tests, a folder and a table of customers for each.
class program : public testing::Test {
protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite() { server.reset(); }
    program();
    ~program() override { std::filesystem::remove_all(folder); }

    static std::string sql(const std::string& text) { return server->run_sql(text).value(); }
    std::string path(const std::string& name) const { return (folder / name).string(); }
    std::string write(const std::string& name, const std::string& text) const;
    std::string read(const std::string& name) const;

    /// `pgcoro-etl run FILE --target DSN ...`, in the folder.
    outcome run(const std::string& pipeline, std::vector<std::string> options = {}) const;
    /// The program with any arguments.
    outcome call(std::vector<std::string> arguments) const;
    /// Starts it, and does not wait. Its output goes to the files `out` and `err` of the folder.
    pid_t start(std::vector<std::string> arguments) const;
    outcome wait(pid_t child) const;
    static std::vector<std::string> run_arguments(const std::string& pipeline, const std::vector<std::string>& options = {});
    /// The last event of a run with --json of this kind.
    static boost::json::object event(const outcome& o, std::string_view kind);

    inline static std::optional<pgcoro::testing::ephemeral_server> server;
    std::filesystem::path folder;
};

/// A pipeline from customers.csv to the table of customers.
std::string customers_pipeline(const std::string& mode, const std::string& steps = {});

} // namespace etl_test
