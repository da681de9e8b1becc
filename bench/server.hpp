// SPDX-License-Identifier: BSL-1.0
// The throwaway server of a benchmark: it has nothing else to do.
#pragma once

#include <pgcoro/testing/ephemeral_server.hpp>

#include <map>
#include <string>

namespace bench {

class server {
public:
    /// Such as {"wal_level", "logical"}.
    using settings = std::map<std::string, std::string>;

    explicit server(const settings& wanted = {});

    const std::string& unix_socket() const noexcept { return unix_; }
    const std::string& tcp() const noexcept { return tcp_; }
    pgcoro::testing::ephemeral_server& process() noexcept { return server_; }

private:
    pgcoro::testing::ephemeral_server server_;
    std::string unix_;
    std::string tcp_;
};

} // namespace bench
