// SPDX-License-Identifier: BSL-1.0
// Lets `connect` make a connection of a session, and the pool get at it.
#pragma once

#include <pgcoro/connection.hpp>

namespace pgcoro::detail {

struct connection_access {
    static connection make(std::shared_ptr<session> s) noexcept { return connection(std::move(s)); }
    static const std::shared_ptr<session>& session_of(const connection& c) noexcept { return c.session_; }
};

} // namespace pgcoro::detail
