// SPDX-License-Identifier: BSL-1.0
// What was measured, for a terminal, a document, a program and the eye.
#pragma once

#include "../bars.hpp"
#include "load.hpp"
#include "question.hpp"

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace bench::service {

/// How often the peer's CPU time for a request ours must go into: the goal.
inline constexpr double goal = 5;

/// A slice of time in which one service was asked by all connections.
struct slice {
    double requests_per_second = 0;
    double cpu_us = 0; // of the service's process, for one request
    double p50_ms = 0;
    double p99_ms = 0;
};

/// Throws if no request was answered.
slice slice_of(load_result result, std::chrono::nanoseconds cpu);

struct measured {
    endpoint asked = endpoint::db;
    std::string name;
    bool is_peer = false;
    std::vector<slice> rounds;
};

/// A load while the server restarts again and again.
struct outage {
    std::string name;
    std::size_t restarts = 0;
    load_result result;
    std::size_t false_answers = 0; // including those that were wrong at once
};

struct report {
    std::string setting; // connections, pools, versions: one line for each
    std::vector<measured> measurements;
    std::vector<outage> outages;
    bool has_verdict = true; // false: too little was measured to speak of a goal
};

/// The peer's CPU time for a request, divided by ours, in each round. Empty if there is no peer.
std::vector<double> requests_per_core(const report& all, const measured& ours);

/// "17: 15 with 503, 2 without a response".
std::string describe_failures(const load_result& r);

/// Gives whether the goal is met, as far as there are a verdict and a peer.
bool print(std::ostream& out, const report& all);
std::string markdown(const report& all);
std::string json_text(const report& all);
bar_chart chart(const report& all);

/// `document` with `content` between the two lines that mark where it belongs. Throws if they are not there.
std::string fill_in(const std::string& document, const std::string& content);

} // namespace bench::service
