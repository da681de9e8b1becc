// SPDX-License-Identifier: BSL-1.0
// How --restart removes what an earlier run has made, and nothing else.
#pragma once

#include <pgcoro/result.hpp>
#include <pgcoro/transaction.hpp>

namespace migrate {

/// Drops everything that the earlier run has made. Errors: `failure::target_not_empty` if other objects depend on that, or
/// would go with it; the transaction must then be rolled back.
pgcoro::task<> undo_run(pgcoro::transaction& tx);

} // namespace migrate
