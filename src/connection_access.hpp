// SPDX-License-Identifier: BSL-1.0
// Lets `connect` make a connection of a session.
#pragma once

#include <pgcoro/connection.hpp>

namespace pgcoro::detail {

struct connection_access {
    static connection make(std::shared_ptr<session> s) noexcept { return connection(std::move(s)); }
};

} // namespace pgcoro::detail
