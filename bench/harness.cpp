// SPDX-License-Identifier: BSL-1.0
#include "harness.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <system_error>

namespace bench {
namespace {

void check(int result, const char* what) {
    if (result != 0) {
        throw std::system_error(errno, std::system_category(), what);
    }
}

double microseconds(const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); }

double cpu_now_us() {
    double sum = 0;
    for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        getrusage(who, &usage);
        sum += microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
    }
    return sum;
}

double quantile(const std::vector<double>& sorted, double q) {
    const double position = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

// Warms the subject up, too: connections, plans and allocator caches are in their steady state afterwards.
std::size_t queries_in(double milliseconds, subject& s) {
    constexpr std::size_t step = 64;
    std::size_t queries = 8 * step;
    double wall_us = 0;
    while ((wall_us = measure(s, queries).wall_us * static_cast<double>(queries)) < 20'000) {
        queries *= 2;
    }
    const double wanted = static_cast<double>(queries) * milliseconds * 1000 / wall_us;
    return std::max<std::size_t>(step, static_cast<std::size_t>(wanted) / step * step);
}

} // namespace

std::vector<int> usable_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    check(sched_getaffinity(0, sizeof allowed, &allowed), "sched_getaffinity");
    std::vector<int> cores;
    for (int core = 0; core != CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &allowed)) {
            cores.push_back(core);
        }
    }
    return cores;
}

void pin_to(int core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    check(sched_setaffinity(0, sizeof one, &one), "sched_setaffinity");
}

void work_in_batches() {
    const sched_param normal{};
    check(sched_setscheduler(0, SCHED_BATCH, &normal), "sched_setscheduler");
}

cost measure(subject& s, std::size_t queries) {
    const auto wall_before = std::chrono::steady_clock::now();
    const double cpu_before = cpu_now_us();
    s.run(queries);
    const double cpu = cpu_now_us() - cpu_before;
    const std::chrono::duration<double, std::micro> wall = std::chrono::steady_clock::now() - wall_before;
    const auto n = static_cast<double>(queries);
    return {.wall_us = wall.count() / n, .cpu_us = cpu / n};
}

std::vector<std::vector<cost>> interleave(const std::vector<std::unique_ptr<subject>>& subjects, const schedule& plan) {
    std::vector<std::size_t> queries;
    for (const auto& s : subjects) {
        queries.push_back(queries_in(plan.slice_ms, *s));
    }
    return interleave(subjects, queries, plan.rounds);
}

std::vector<std::vector<cost>> interleave(const std::vector<std::unique_ptr<subject>>& subjects,
                                          const std::vector<std::size_t>& queries, int rounds) {
    std::vector<std::vector<cost>> costs(subjects.size());
    for (int round = 0; round != rounds; ++round) {
        for (std::size_t i = 0; i != subjects.size(); ++i) {
            const std::size_t turn = round % 2 == 0 ? i : subjects.size() - 1 - i;
            costs[turn].push_back(measure(*subjects[turn], queries[turn]));
        }
    }
    return costs;
}

spread spread_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return {.low = quantile(values, 0.25), .median = quantile(values, 0.5), .high = quantile(values, 0.75)};
}

} // namespace bench
