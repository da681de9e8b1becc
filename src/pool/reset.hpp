// SPDX-License-Identifier: BSL-1.0
// What is done to a connection before anybody gets it: for the first time, and again.
#pragma once

#include "pool/session_traces.hpp"

#include <pgcoro/connection.hpp>
#include <pgcoro/pool_options.hpp>

#include <chrono>
#include <functional>

namespace pgcoro::pooling {

/// Waits for what is in flight, rolls back, cleans as the options say. Leaves `c` outside of any transaction, or gives an
/// error. `was_in_transaction` is set if there was something to roll back. `c` and `options` must outlive it.
task<> reset(connection& c, const pool_options& options, traces left, bool& was_in_transaction);

/// Runs a hook of the user's, for so long at most; then it is cancelled. What it throws becomes an error.
task<> run_hook(const std::function<task<>(connection&)>& hook, connection& c, std::chrono::steady_clock::time_point deadline);

} // namespace pgcoro::pooling
