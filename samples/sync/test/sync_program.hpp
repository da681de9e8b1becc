// SPDX-License-Identifier: BSL-1.0
// Runs pgcoro-sync as its users do: from a throwaway source to the databases "east" and "west" of another throwaway server.
#pragma once

#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/json/object.hpp>

#include <gtest/gtest.h>

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sync_test {

using pgcoro::testing::ephemeral_server;

struct outcome {
    int exit_code = -1; // -1: ended by a signal
    std::string out;
    std::string err;

    bool err_has(const std::string& text) const { return err.find(text) != std::string::npos; }
    bool out_has(const std::string& text) const { return out.find(text) != std::string::npos; }
};

pgcoro::testing::server_options source_options();

/// One program that runs, and its output.
class process {
public:
    process(std::filesystem::path folder, std::vector<std::string> arguments);
    process(process&& other) noexcept : folder_(std::move(other.folder_)), child_(std::exchange(other.child_, 0)) {}
    process& operator=(process&&) = delete;
    /// Ends it.
    ~process();

    void send_signal(int number) const;
    outcome wait();
    /// What it has written so far.
    std::string out() const;
    std::string err() const;
    /// Waits until standard error has the text.
    void wait_for(const std::string& text) const;

private:
    std::filesystem::path folder_;
    pid_t child_ = 0;
};

/// The servers are shared by all tests of the program; each test has new databases, and a folder.
class program : public testing::Test {
protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();
    program();
    ~program() override;

    /// In the source, and in both targets.
    static std::string sql(const std::string& text) { return in(*source, "postgres", text); }
    static std::string east(const std::string& text) { return in(*target, "east", text); }
    static std::string west(const std::string& text) { return in(*target, "west", text); }
    static void everywhere(const std::string& text);
    static std::string in(ephemeral_server& server, const std::string& database, const std::string& text);
    static std::string dsn_of(const std::string& database) { return target->dsn() + " dbname=" + database; }

    /// COMMAND --source ... --target east=... and so on.
    static std::vector<std::string> arguments(const std::string& command, const std::vector<std::string>& targets,
                                              const std::vector<std::string>& options = {});
    outcome call(const std::string& command, const std::vector<std::string>& targets,
                 const std::vector<std::string>& options = {}) const;
    outcome call_with(const std::vector<std::string>& all) const;
    process start(const std::string& command, const std::vector<std::string>& targets,
                  const std::vector<std::string>& options = {}) const;
    /// Waits until the query gives that in the database of a target.
    void wait_until(const std::string& database, const std::string& query, const std::string& answer) const;

    /// Waits until the source has noticed that nobody reads its slots any more.
    static void wait_until_nobody_reads();

    inline static std::optional<ephemeral_server> source;
    inline static std::optional<ephemeral_server> target;
    std::filesystem::path folder;
};

/// The last event of this kind in the output of --json.
boost::json::object last_event(const std::string& out, std::string_view kind);

} // namespace sync_test
