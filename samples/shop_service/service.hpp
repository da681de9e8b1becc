// SPDX-License-Identifier: BSL-1.0
// The service as a whole: from its start to the end of the last request after SIGTERM.
#pragma once

#include "options.hpp"

#include <pgcoro/result.hpp>

namespace shop {

/// Prints the address once requests are accepted. Returns after SIGTERM or SIGINT, when the requests in flight are answered.
///
/// Errors: the schema cannot be created, or the address not be listened on. A database that cannot be reached is none:
/// `/health/ready` tells, and it may come.
pgcoro::result<> serve(const options& o);

} // namespace shop
