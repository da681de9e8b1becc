// SPDX-License-Identifier: BSL-1.0
// A PgBouncer between the tests and a throwaway server.
#pragma once

#include <pgcoro/connect_config.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace pgcoro::testing {
class supervisor;
}

namespace pgcoro::test {

/// It has one connection to the server unless told otherwise, so that all clients share it, and asks nobody for a password.
/// Ends with this object or with this process, and takes its files along: the test kit's supervisor is its parent, as it is a
/// server's.
class bouncer {
public:
    /// `pool_mode` is PgBouncer's: "session", "transaction". Fails the test if it does not start; then `is_running()` is false.
    bouncer(const testing::ephemeral_server& server, const std::string& pool_mode, int pool_size = 1);
    bouncer(const bouncer&) = delete;
    bouncer& operator=(const bouncer&) = delete;
    ~bouncer();

    bool is_running() const noexcept { return process_ > 0; }
    pid_t process() const noexcept { return process_; }
    const std::filesystem::path& folder() const noexcept { return folder_; }
    /// How to reach the server through it.
    connect_config config() const;
    /// Whether it tells its clients what it is and which names it keeps apart, as PgBouncer does since 1.26.
    bool announces_itself() const;

    /// Kills it, and starts another one in its place. On any thread, but on one at a time.
    void restart();

private:
    void start();
    bool answers() const;

    std::unique_ptr<testing::supervisor> parent_;
    std::filesystem::path folder_;
    pid_t process_ = 0;
};

} // namespace pgcoro::test
