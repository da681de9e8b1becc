// SPDX-License-Identifier: BSL-1.0
// Runs subjects in turn, round after round, and keeps what a query cost each of them: the machine's moods hit all alike.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// One way to do the work. Its connections are open and its statements prepared when the constructor returns.
class subject {
public:
    explicit subject(std::string name) : name_(std::move(name)) {}
    virtual ~subject() = default;
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;

    const std::string& name() const noexcept { return name_; }

    /// Runs `queries` queries and checks what they gave; throws if one fails.
    virtual void run(std::size_t queries) = 0;

private:
    std::string name_;
};

/// What one query cost in one slice of time.
struct cost {
    double wall_us = 0;
    double cpu_us = 0; // of this process and programs it has waited for, user and system; not of the server
};

/// The cores this process may run on.
std::vector<int> usable_cores();

/// Keeps this process, and those it starts from now on, on one core.
void pin_to(int core);

/// Asks that nobody who wakes up interrupts this process, or one it starts from now on, while it has work to do.
///
/// On a shared core the server would otherwise run each statement the moment it is sent, and a client that has sixty more to
/// send would be charged for sixty switches: a cost of sharing the core, which no client with a server elsewhere pays.
void work_in_batches();

cost measure(subject& s, std::size_t queries);

struct schedule {
    int rounds = 15;
    double slice_ms = 200; // how long each subject runs in each round
};

/// Costs by subject and round. Every other round goes backwards, so that a drift of the machine favours nobody.
std::vector<std::vector<cost>> interleave(const std::vector<std::unique_ptr<subject>>& subjects, const schedule& plan);

/// The same with so many queries for each subject in each round. Nothing warms them up before.
std::vector<std::vector<cost>> interleave(const std::vector<std::unique_ptr<subject>>& subjects,
                                          const std::vector<std::size_t>& queries, int rounds);

/// A median with the quartiles around it.
struct spread {
    double low = 0;
    double median = 0;
    double high = 0;
};

spread spread_of(std::vector<double> values);

} // namespace bench
