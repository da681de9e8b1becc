// SPDX-License-Identifier: BSL-1.0
// One connection through a fault proxy.
#pragma once

#include "fault_proxy_journal.hpp"
#include "fault_proxy_line.hpp"
#include "fault_proxy_pipe.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace pgcoro::testing {

/// Lives as long as its coroutines. On the proxy's thread only.
class fault_link : public std::enable_shared_from_this<fault_link> {
public:
    using socket = fault_line::socket;
    using endpoint = boost::asio::generic::stream_protocol::endpoint;

    fault_link(socket client, const fault_script& script, fault_journal& journal);

    /// Runs the connection to its end. `servers`: addresses of the server, tried in order.
    void start(const std::vector<endpoint>& servers);

    void strike(line_fault what);
    void thaw();

private:
    boost::asio::awaitable<void> run(std::vector<endpoint> servers);
    boost::asio::awaitable<bool> reach(const std::vector<endpoint>& servers);
    void spawn(boost::asio::awaitable<void> part);
    void watch(fault_pipe& pipe, std::uint64_t proxied_connection::* direction, const toxics& what);
    void send_end();
    void close(bool reset);
    bool is_lost() const noexcept { return line_.over || line_.dropping; }

    fault_line line_;
    fault_script script_;
    fault_journal& journal_;
    std::size_t number_;
    fault_pipe upstream_;
    fault_pipe downstream_;
    int parts_ = 0;
    bool ending_ = false;
};

} // namespace pgcoro::testing
