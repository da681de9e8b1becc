// SPDX-License-Identifier: BSL-1.0
// The real program, as a child process.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace shop_test {

/// Runs it until it ends by itself. Gives its exit code and what it has written to standard error.
std::pair<int, std::string> run_service(const std::string& dsn, const std::string& options);

class service_process {
public:
    /// Starts it, and returns when it accepts requests. Throws if it does not.
    explicit service_process(const std::string& dsn, const std::vector<std::string>& options = {"--create-schema"},
                             std::uint16_t port = 0);
    service_process(const service_process&) = delete;
    service_process& operator=(const service_process&) = delete;
    ~service_process();

    std::uint16_t port() const noexcept { return port_; }
    void send_signal(int signal) const;
    /// Waits for its end, and gives what waitpid says.
    int wait();
    /// What it has written to standard error.
    std::string log() const;
    /// The most memory that it has had, in KiB.
    std::size_t peak_memory() const;

private:
    pid_t child_ = 0;
    std::uint16_t port_ = 0;
    int output_ = -1; // kept open, so that it can write there
    std::filesystem::path log_;
};

} // namespace shop_test
