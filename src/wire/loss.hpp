// SPDX-License-Identifier: BSL-1.0
// What the loss of a session means for what was in flight: done, not done, or nobody knows.
#pragma once

#include "statement/sql_command.hpp"

#include <string_view>

namespace pgcoro::wire {

/// Judges the requests that were in flight, asked in the order they were sent.
///
/// A server that says FATAL names the one it was at: that one did not commit unless only its Sync was missing or a part of it
/// commits, and those behind it never ran. A COMMIT stays in doubt even so: it may have been waiting for a standby, after it
/// had committed. A connection that just breaks leaves every statement in doubt, unless it ran in a transaction that cannot
/// have been committed, or the server had refused it already.
class loss {
public:
    enum class verdict { not_done, never_ran, in_doubt };

    struct circumstances {
        bool in_transaction = false; // certainly, where the first of them begins
        bool server_said_fatal = false;
        bool server_was_idle = false;   // when it said so: it had been waiting for too long, and has read none of them
        bool head_was_executed = false; // only the first one's Sync was missing
        bool head_failed = false;       // the server had refused the first one
    };

    explicit loss(circumstances c) noexcept : facts_(c), in_transaction_(c.in_transaction) {}

    /// Tells of one statement of the request being judged.
    void statement(std::string_view sql) noexcept;
    /// The verdict on the request whose statements were told.
    verdict judge() noexcept;

private:
    circumstances facts_;
    bool in_transaction_;
    bool first_ = true;
    // Of the request being told.
    bool may_commit_ = false;       // if it ran to its end
    bool may_commit_early_ = false; // even if it did not
};

} // namespace pgcoro::wire
