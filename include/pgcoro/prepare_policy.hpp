// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace pgcoro {

/// How statements reach the server.
enum class prepare_policy {
    /// Static SQL is prepared on first use and its plan reused; run-time SQL is sent unnamed. The default.
    automatic,
    /// Every statement is parsed anew, unnamed: for PgBouncer in transaction mode, which may answer the next statement
    /// from a server session that knows nothing of the names of the last.
    unnamed,
};

} // namespace pgcoro
