// SPDX-License-Identifier: BSL-1.0
// The table `world` as the database has it.
#pragma once

#include "ledger.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>

#include <vector>

namespace bench::service {

/// Leaves no dead rows for those who come next.
world_table vacuum_and_read(pgcoro::testing::ephemeral_server& server);

/// Keeps from now on each write in a table of its own, in the transaction of the write.
void keep_history(pgcoro::testing::ephemeral_server& server);
void forget_history(pgcoro::testing::ephemeral_server& server);
std::vector<world_row> read_history(pgcoro::testing::ephemeral_server& server);

} // namespace bench::service
