// SPDX-License-Identifier: BSL-1.0
// Which errors of a replication stream pass.
#pragma once

#include <pgcoro/error.hpp>

namespace pgcoro::replication {

/// Another attempt may succeed: the connection was lost, the server restarts or has no room, or the slot is in use, as it is
/// for a while after its consumer was killed. A slot that is missing or has lost its log, a server that is too old, or a
/// consumer that is too late will be so next time, too.
bool may_pass(const error& why) noexcept;

} // namespace pgcoro::replication
