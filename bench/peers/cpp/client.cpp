// SPDX-License-Identifier: BSL-1.0
#include "client.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace bench::peers {
namespace {

constexpr std::size_t kept_latencies = 100'000;
constexpr int exit_unsupported = 3;

cpu_time cpu_now() {
    const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return {.user = us(usage.ru_utime), .system = us(usage.ru_stime)};
}

// Not ru_maxrss: that begins with the peak of the process that started this one.
long peak_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmHWM:") {
            long peak = 0;
            status >> peak;
            return peak;
        }
    }
    return 0;
}

double quantile_us(std::vector<std::uint32_t> ns, double q) {
    if (ns.empty()) {
        return 0;
    }
    const auto at = ns.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(ns.size() - 1));
    std::nth_element(ns.begin(), at, ns.end());
    return *at / 1e3;
}

options parse(int argc, char** argv) {
    options o;
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--dsn") {
            o.dsn = argv[i + 1];
        } else if (name == "--warmup") {
            o.warmup = std::stod(argv[i + 1]);
        } else if (name == "--seconds") {
            o.seconds = std::stod(argv[i + 1]);
        } else if (name == "--count") {
            o.count = std::stoll(argv[i + 1]);
        } else {
            throw std::invalid_argument("unknown option " + name);
        }
    }
    return o;
}

} // namespace

measurement::measurement(const options& o) : options_(o) { latest_ns_.reserve(kept_latencies); }

void measurement::begin() {
    latest_ns_.clear();
    operations_ = 0;
    latencies_ = 0;
    phase_ = phase::measuring;
    cpu_ = cpu_now();
    began_ = clock::now();
}

void measurement::end(std::int64_t operations) {
    elapsed_ = clock::now() - began_;
    const cpu_time now = cpu_now();
    cpu_ = {.user = now.user - cpu_.user, .system = now.system - cpu_.system};
    operations_ = operations;
    phase_ = phase::over;
}

bool measurement::done(clock::time_point began, std::int64_t operations) {
    const auto now = clock::now();
    if (phase_ == phase::over) {
        return false;
    }
    if (phase_ == phase::warming_up) {
        if (options_.count == 0 && now - began_ < std::chrono::duration<double>(options_.warmup)) {
            return true;
        }
        begin();
        if (options_.count == 0) {
            return true;
        }
    }
    const auto ns = std::chrono::nanoseconds(now - began).count();
    const auto kept = static_cast<std::uint32_t>(std::min<std::int64_t>(ns, std::numeric_limits<std::uint32_t>::max()));
    if (latencies_ < kept_latencies) {
        latest_ns_.push_back(kept);
    } else {
        latest_ns_[latencies_ % kept_latencies] = kept;
    }
    ++latencies_;
    operations_ += operations;
    const bool over = options_.count != 0 ? latencies_ >= static_cast<std::uint64_t>(options_.count)
                                          : now - began_ >= std::chrono::duration<double>(options_.seconds);
    if (over) {
        end(operations_);
    }
    return !over;
}

std::string measurement::json(const std::string& how) const {
    std::ostringstream out;
    out << std::fixed;
    out.precision(3);
    out << "{\"how\": \"" << how << "\", \"operations\": " << operations_
        << ", \"seconds\": " << std::chrono::duration<double>(elapsed_).count() << ", \"user_us\": " << cpu_.user
        << ", \"system_us\": " << cpu_.system << ", \"p50_us\": " << quantile_us(latest_ns_, 0.5)
        << ", \"p99_us\": " << quantile_us(latest_ns_, 0.99) << ", \"peak_kib\": " << peak_kib() << '}';
    return std::move(out).str();
}

int run_client(int argc, char** argv, std::span<const workload> workloads) {
    const std::string name = argc > 1 ? argv[1] : "";
    const auto found = std::ranges::find(workloads, name, &workload::name);
    if (found == workloads.end()) {
        std::cerr << argv[0] << ": unknown workload: " << name << '\n';
        return 2;
    }
    try {
        if (!found->run) {
            throw unsupported(found->how);
        }
        const options o = parse(argc, argv);
        measurement m(o);
        found->run(o, m);
        std::cout << m.json(found->how) << std::endl;
        return 0;
    } catch (const unsupported& e) {
        std::cout << "{\"unsupported\": \"" << e.what() << "\"}" << std::endl;
        return exit_unsupported;
    } catch (const std::exception& e) {
        std::cerr << argv[0] << ' ' << name << ": " << e.what() << '\n';
        return 1;
    }
}

} // namespace bench::peers
