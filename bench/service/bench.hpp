// SPDX-License-Identifier: BSL-1.0
// Starts the server and the services, and measures.
#pragma once

#include "report.hpp"

#include <chrono>
#include <cstddef>

namespace bench::service {

struct plan {
    int rounds = 11;
    std::chrono::milliseconds slice{1'500}; // of each service and endpoint in each round
    std::size_t answers = 1;                // at least so many in a slice, and between restarts
    std::size_t connections = 48;           // from the load generator to the service
    std::size_t pool = 16;                  // connections to the database
    std::size_t count = 20;                 // rows of /queries and /updates
    std::size_t restarts = 6;
    std::chrono::seconds between_restarts{10};
    bool has_peer = true;
    bool has_verdict = true;
    bool pins = true; // the services to one core, the server and the load generator to another
};

/// Few requests to our service alone, which take as long as they take: every answer is checked, nothing is measured.
plan short_plan();

/// Throws if an answer is wrong, or a request fails, while the server runs.
report measure_services(const plan& p);

} // namespace bench::service
