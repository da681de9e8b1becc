// SPDX-License-Identifier: BSL-1.0
// The commands: what the program does from its start to its exit code.
#pragma once

#include "arguments.hpp"
#include "journal.hpp"
#include "options.hpp"

namespace data_sync {

/// `init` and `run`. Ends when all targets have ended, or at SIGINT and SIGTERM.
exit_code run_targets(const options& o, journal& j);

/// Prints where each target is, from what source and targets have written down: the program need not run.
exit_code print_status(const options& o, journal& j);

/// Drops the slots, and the bookkeeping in the targets. The tables stay as they are.
exit_code drop_targets(const options& o, journal& j);

} // namespace data_sync
