// SPDX-License-Identifier: BSL-1.0
// Asks the system why an address cannot be connected to.
#pragma once

#include "connect/endpoint_plan.hpp"

#include <boost/system/error_code.hpp>

namespace pgcoro::wire {

/// The error with which the system refuses a connection to `where` at once; none if it accepts or begins one, which is closed.
/// `socket_folder` stands in for the host of a Unix socket that names none; may be null.
boost::system::error_code probe(const endpoint& where, const char* socket_folder) noexcept;

} // namespace pgcoro::wire
