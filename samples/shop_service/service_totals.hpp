// SPDX-License-Identifier: BSL-1.0
// The state of the service at one moment: the sum over its threads.
#pragma once

#include "traffic.hpp"

#include <pgcoro/pool_statistics.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace shop {

struct service_state;

struct service_totals {
    /// Each thread could run a statement.
    bool is_serving = true;
    std::string problem; ///< why not
    std::size_t connections = 0;
    std::size_t event_clients = 0;
    std::size_t pool_max = 0;
    std::size_t pool_idle = 0;
    std::size_t pool_in_use = 0;
    std::size_t pool_waiting = 0;
    std::uint64_t pool_requests = 0;
    std::uint64_t pool_queued = 0;
    std::uint64_t pool_errors = 0;
    std::uint64_t pool_connects = 0;
    std::uint64_t pool_connect_errors = 0;
    std::uint64_t pool_lost = 0;
    std::size_t lanes = 0;
    std::size_t lanes_up = 0;
    std::size_t lanes_in_flight = 0;
    std::size_t lanes_waiting = 0;
    traffic_report traffic;
};

/// Asks each thread.
boost::asio::awaitable<service_totals> total_of(service_state& service);

} // namespace shop
