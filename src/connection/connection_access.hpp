// SPDX-License-Identifier: BSL-1.0
// Lets `connect` make a connection of a session, the pool get at it, and a multiplexer take it out again.
#pragma once

#include <pgcoro/connection.hpp>

namespace pgcoro::detail {

struct connection_access {
    static connection make(std::shared_ptr<request_target> s) noexcept { return connection(std::move(s)); }
    static const std::shared_ptr<request_target>& session_of(const connection& c) noexcept { return c.session_; }
    static std::shared_ptr<request_target> take(connection&& c) noexcept { return std::move(c.session_); }
};

} // namespace pgcoro::detail
