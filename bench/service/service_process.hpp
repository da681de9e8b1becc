// SPDX-License-Identifier: BSL-1.0
// A service that runs as a child process.
#pragma once

#include <sys/types.h>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench::service {

/// The first line that a service prints: "... listening on http://127.0.0.1:8080 (versions)".
struct greeting {
    boost::asio::ip::tcp::endpoint address;
    std::string versions; // may be empty
};

std::optional<greeting> read_greeting(std::string_view line);

class service_process {
public:
    /// A service exits with this status if what it needs is not installed.
    static constexpr int not_installed = 77;

    /// Starts it, and returns when it accepts requests. Null if it is not installed; throws if it does not start.
    static std::unique_ptr<service_process> start(const std::vector<std::string>& command);
    service_process(const service_process&) = delete;
    service_process& operator=(const service_process&) = delete;
    /// Asks it to end (SIGTERM). Kills it, and says so, if it does not within a minute.
    ~service_process();

    const greeting& hello() const noexcept { return hello_; }
    /// The CPU time of all its threads so far, user and system.
    std::chrono::nanoseconds cpu() const;
    /// Throws if it has ended by itself.
    void check() const;

private:
    service_process(pid_t child, int output) : child_(child), output_(output) {}

    pid_t child_;
    int output_; // kept open, so that it can write there
    greeting hello_;
};

} // namespace bench::service
