// SPDX-License-Identifier: BSL-1.0
// What the C++ clients share: their command line, the measurement and its line of JSON. bench/peers/README.md describes both.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench::peers {

using clock = std::chrono::steady_clock;

struct options {
    std::string dsn;        // libpq's keywords: host=... port=... user=... dbname=...
    double warmup = 0.3;    // seconds that are not measured
    double seconds = 2;     // seconds that are measured, unless there is a count
    std::int64_t count = 0; // operations, or rows in W5 and W6; 0: as many as fit into the time
};

/// CPU time of this process since its start, in microseconds.
struct cpu_time {
    double user = 0;
    double system = 0;
};

/// The measured part of a run. Keeps the latest 100 000 latencies.
class measurement {
public:
    explicit measurement(const options& o);

    /// For workloads of one long operation: W5 and W6.
    void begin();
    void end(std::int64_t operations);

    /// For all others: an operation that began at `began` has completed, or a batch of some. Gives whether to go on.
    bool done(clock::time_point began, std::int64_t operations = 1);

    std::string json(const std::string& how) const;

private:
    enum class phase { warming_up, measuring, over };

    options options_;
    phase phase_ = phase::warming_up;
    clock::time_point began_ = clock::now();
    clock::duration elapsed_{};
    cpu_time cpu_;
    std::int64_t operations_ = 0;
    std::uint64_t latencies_ = 0;
    std::vector<std::uint32_t> latest_ns_;
};

/// What a client does for a workload, in words, and the function that does it. No function: it cannot, for the reason `how`.
struct workload {
    std::string name;
    std::string how;
    std::function<void(const options&, measurement&)> run;
};

/// Runs the workload that the command line names and prints one line of JSON.
int run_client(int argc, char** argv, std::span<const workload> workloads);

/// Thrown by a workload that does not work with these options, such as TLS; says why.
struct unsupported : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws unless what the peer has read is right.
inline void require(bool condition, const char* what) {
    if (!condition) {
        throw std::runtime_error(what);
    }
}

} // namespace bench::peers
