// SPDX-License-Identifier: BSL-1.0
// Asks the server, on a session of its own, what really happened; and makes coroutines wait until it has.
#pragma once

#include "support/libpq_session.hpp"
#include "support/run.hpp"

#include <functional>
#include <string>

namespace pgcoro::test {

/// Lets the loop turn until the server answers a question with true. Fails the test if it never does.
asio::awaitable<void> until(libpq_session& judge, std::string question);

/// Lets the loop turn until `condition` is true. Fails the test if it never is.
asio::awaitable<void> until_true(std::function<bool()> condition);

/// Until the session of `c` waits for a lock that another one holds.
asio::awaitable<void> until_blocked(libpq_session& judge, const connection& c);

/// Ends the session of `c` with FATAL 57P01, and waits until its process is gone.
void terminate(libpq_session& judge, const connection& c);

} // namespace pgcoro::test
